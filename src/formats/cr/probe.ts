import type { Dialect } from "../../stream/dialect.js";
import { STRANGERS_MOST } from "../../stream/limits.js";
import type { Guess, Probe } from "../../stream/probe.js";
import { cr1 } from "./cr-1.js";
import { cr2 } from "./cr-2.js";
import { cr3a } from "./cr-3a.js";
import { cr3b } from "./cr-3b.js";
import { i386 } from "./framing.js";
import { head, header, MAGIC_HEAD, pids, tree } from "./records.js";

/**
 * Bytes from a head that detection looks at: rev 3 is told apart by the first record after TASK, which stands behind
 * 16 bytes for each task. Enough for every pid Linux gives out by default (32,768).
 */
export const DETECTION_SPAN = 640 * 1024;
/** Bytes needed to say whether a head begins here. */
export const HEAD_SPAN = header.size + head.size;

/** Bytes behind the head that say whether the record that follows is one of v3. */
const NEAR = 128;
/** Bytes by which a head is known: a record header and the magic behind it. */
const HEAD_MARK = header.size + 8;

/** The heads of cr: by a magic in the first record, and what stands behind it. */
export const probe: Probe = {
  marks: [{ bytes: magicBytes(), at: header.size }],
  spans: { head: HEAD_SPAN, usual: HEAD_SPAN + NEAR, most: DETECTION_SPAN },
  look,
};

function magicBytes(): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, MAGIC_HEAD, true);
  return bytes;
}

const littleHeader = header.at("little").decode;

/** Says which dialect an image has whose head begins here, by the recipe of the format's history: never by rev alone. */
function look(bytes: Uint8Array): Guess {
  const room = bytes.length;
  if (room < HEAD_MARK) return { kind: "no", why: `a head needs ${HEAD_SPAN} bytes, ${room} are there` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, room);
  const magic = view.getBigUint64(8, true);
  const { type, len } = littleHeader(view, 0, 0);
  if (magic !== MAGIC_HEAD) {
    if (view.getBigUint64(8, false) === MAGIC_HEAD) {
      if (isCkptHead(view, false)) return { kind: "kin", why: ckptText("a big-endian image", view, false) };
      return {
        kind: "kin",
        why: "a big-endian head: the patches of 2008 build on i386 only, so no table for it is known",
      };
    }
    // A head by its header, with a damaged magic: worth reading on.
    if (type !== 1 || len !== head.size) {
      return {
        kind: "no",
        why: `expected the head's magic ${hex(MAGIC_HEAD)} after 8 bytes, found ${hex(magic)}`,
      };
    }
  } else if (isCkptHead(view, true)) {
    return { kind: "kin", why: ckptText("an image", view, true) };
  } else if (type !== 1) {
    return {
      kind: "no",
      why: `the head's magic stands here, but the record's type is ${type} and not HEAD (1)`,
    };
  }
  return byRevision(view);
}

/** `struct ckpt_hdr { u32 type, len }`: CKPT_HDR_HEADER is 1, and len counts the header itself: 48 or 72 bytes. */
function isCkptHead(view: DataView, little: boolean): boolean {
  const len = view.getUint32(4, little);
  // In an image of 2008 with a damaged len the same bytes are len 0 and a parent, and no small number stands at 24.
  const rev = view.byteLength >= 26 ? view.getUint16(24, little) : 1;
  return view.getUint32(0, little) === 1 && (len === 48 || len === 72) && rev > 0 && rev < 100;
}

function ckptText(what: string, view: DataView, little: boolean): string {
  const rev = view.byteLength >= 26 ? `, rev ${view.getUint16(24, little)}` : "";
  return `${what} of the later "ckpt" generation (v14 and after, 2009-2012${rev}): not read by this version; user-cr's tools of that time read it`;
}

function byRevision(view: DataView): Guess {
  const rev = view.byteLength >= header.size + 16 ? view.getUint16(header.size + 14, true) : undefined;
  switch (rev) {
    case 1:
      return byTask(view, cr1);
    case 2:
      return byTask(view, cr2);
    case 3:
      return byString(view);
    case undefined:
      return { kind: "no", why: `a head needs ${HEAD_SPAN} bytes, ${view.byteLength} are there` };
    default: {
      const found = guessByRecords(view);
      const why = `rev ${rev} is not known (1, 2 and 3 are)`;
      return found
        ? {
            kind: "yes",
            abi: i386,
            dialect: found,
            why: `${why}; the records are of ${found.name}`,
            sure: false,
          }
        : { kind: "kin", why };
    }
  }
}

/** rev 1 and 2. v3 has the same head, but a longer TASK. */
function byTask(view: DataView, dialect: Dialect): Guess {
  const at = HEAD_SPAN;
  if (view.byteLength >= at + header.size) {
    const { type, len } = littleHeader(view, at, 0);
    if (type === 101 && (len === 144 || len === 152)) {
      return {
        kind: "kin",
        why: `TASK has ${len} bytes: an image of v3 (4 September 2008), of which only head and task are known`,
      };
    }
  }
  return { kind: "yes", abi: i386, dialect, why: `rev ${dialect.rev}`, sure: true };
}

/** rev 3: the record after the first TASK is STRING, 3 in v9 and 4 since v10. */
function byString(view: DataView): Guess {
  const type = typeBehindTask(view);
  for (const dialect of [cr3a, cr3b]) {
    if (type === dialect.types["STRING"]) {
      return { kind: "yes", abi: i386, dialect, why: `rev 3, STRING is ${type}`, sure: true };
    }
  }
  // Cut or damaged before the STRING: up to there both dialects have the same bytes.
  return {
    kind: "yes",
    abi: i386,
    dialect: cr3b,
    why: "rev 3; no STRING to tell v9 from v10 and later, taken for the later",
    sure: false,
  };
}

/** The number of the first record behind TASK, except those that neither dialect knows: they may stand anywhere. */
function typeBehindTask(view: DataView): number | undefined {
  let at = findTask(view);
  for (let strangers = 0; at !== undefined && strangers <= STRANGERS_MOST; strangers++) {
    const { len } = littleHeader(view, at, 0);
    at += header.size + len;
    if (len < 0 || at + header.size > view.byteLength) return undefined;
    const { type } = littleHeader(view, at, 0);
    if (cr3a.byType(type) !== undefined || cr3b.byType(type) !== undefined) return type;
  }
  return undefined;
}

function findTask(view: DataView): number | undefined {
  const taskAt = (at: number) => {
    if (at + header.size > view.byteLength) return undefined;
    const { type, len, parent } = littleHeader(view, at, 0);
    return type === cr3b.types["TASK"] && len === 24 ? { parent } : undefined;
  };
  const treeAt = HEAD_SPAN + header.size + 8;
  const first = treeAt + header.size + tree.size;
  if (first + header.size > view.byteLength) return undefined;
  const told = first + view.getUint32(treeAt + header.size, true) * pids.size;
  if (taskAt(told) !== undefined) return told;
  // tasks_nr is not to be trusted, or TREE or HEAD_ARCH is missing. Behind another head stands another image's TASK;
  // and an input of nothing but heads is gone through once, not once for each of them.
  for (let at = HEAD_SPAN; at + header.size <= view.byteLength && !isHead(view, at); at++) {
    // Anything may stand here, so it must look more like one than where TREE says that it is.
    if (at % 8 === 0 && taskAt(at)?.parent === 0) return at;
  }
  return undefined;
}

/** True if a head begins at `at`, by its magic or, if that is damaged, by its record header. */
function isHead(view: DataView, at: number): boolean {
  // Most bytes are no head: they are not worth the decoding of a whole header.
  if (view.getUint8(at) !== 1) return false;
  const { type, len } = littleHeader(view, at, 0);
  if (type !== 1 || len === head.size) return type === 1;
  return at + HEAD_MARK <= view.byteLength && view.getBigUint64(at + header.size, true) === MAGIC_HEAD;
}

/** The dialect whose numbers the record after the head fits. */
function guessByRecords(view: DataView): Dialect | undefined {
  const at = HEAD_SPAN;
  if (view.byteLength < at + header.size) return undefined;
  const { type, len } = littleHeader(view, at, 0);
  if (type === cr3a.types["HEAD_ARCH"] && len === 8) {
    const found = byString(view);
    return found.kind === "yes" ? found.dialect : undefined;
  }
  if (type === cr2.types["TASK"] && len === 24) return cr2;
  return undefined;
}

function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(16, "0")}`;
}
