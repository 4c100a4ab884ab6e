import type { Say } from "../formats/cr/verify/judge.js";
import type { RuleId } from "../formats/cr/verify/rules.js";
import { writesTlsAlways } from "../formats/cr/verify/tls.js";
import type { Item, Notice, NoticeCode, RecordOf } from "../stream/item.js";

/** What the walk notices, as rules. `count` at level note and `outside` depend on more than the notice. */
const noticeRules: Readonly<Record<Exclude<NoticeCode, "outside">, RuleId>> = {
  magic: "magic",
  dialect: "dialect",
  truncated: "truncated",
  order: "record-order",
  "unknown-record": "unknown-record",
  garbage: "garbage",
  length: "record-length",
  count: "count",
  "running-total": "running-total",
  "pids-repeat": "pids-repeat",
};

const noticeHints: Partial<Record<NoticeCode, string>> = {
  "running-total": "crimg convert --repair=chunks",
};

/** The notices of a walk as findings. Some can only be judged with the item they stand at. */
export class Notices {
  private held: Notice | undefined;
  private isInImage = false;

  constructor(private readonly say: Say) {}

  notice(notice: Notice): void {
    this.release();
    const { code, level, message } = notice;
    if (code === "outside") {
      // By itself a verdict is for a restart from the start of the file.
      if (!this.isInImage) this.say("bytes-before", notice, message, "crimg verify --image 0");
      else this.say("bytes-after", notice, message);
    } else if (code === "count" && level === "note") this.held = notice;
    else this.say(noticeRules[code], notice, message, noticeHints[code]);
  }

  add(item: Item): void {
    this.isInImage ||= item.kind !== "gap";
    if (this.held === undefined) return;
    if (item.kind === "record" && item.name === "THREAD") this.release(item);
    else this.release();
  }

  /** The walk tolerates TLS bytes that stand there or not: whether it is a repair depends on what the reader does. */
  release(thread?: RecordOf<"THREAD">): void {
    const { held } = this;
    if (held === undefined) return;
    this.held = undefined;
    const repaired = thread?.fields.ntls === 0 && writesTlsAlways(thread);
    this.say(repaired ? "tls-left-out" : "tls-count", held, held.message);
  }
}
