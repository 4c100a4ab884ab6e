import type { Automaton, GrammarPlace, GrammarStep, OptionalNode, RepeatNode } from "../codec/grammar.js";
import { conditionText } from "../codec/grammar-text.js";
import { type Rule, rule } from "../finding.js";
import type { Dialect } from "./dialect.js";
import { MISSING_CHAIN } from "./limits.js";
import { Path } from "./path.js";
import type { Scope } from "./scope.js";

export const wrongOrder = rule("record-order", {
  group: "structure",
  severity: "error",
  title: "A record stands where another belongs",
  why: "Readers ask for one record at a time, and refuse any other.",
  source: "the grammar of the dialect",
});
export const wrongCount = rule("count", {
  group: "structure",
  severity: "error",
  title: "A count does not agree with what follows",
  why: "Readers take as many as are announced, and the next record for something else.",
  source: "the grammar of the dialect",
});
export const trackRules = [wrongOrder, wrongCount];

/** Says that something stands against the format. */
export type Complain = (what: Rule, message: string, path: string) => void;

/**
 * Where the walk is in the grammar of its dialect. The records that stand there decide; counts, conditions and order
 * are held against them, and what does not agree is told to `complain`.
 */
export class Track {
  private readonly automaton: Automaton;
  private place: GrammarPlace | undefined;
  /** The open groups, those of `place`, outermost first. */
  private readonly open: Path[] = [];

  constructor(
    private readonly dialect: Dialect,
    private readonly prefix: string,
    private readonly scope: Scope,
    private readonly complain: Complain,
  ) {
    this.automaton = dialect.automaton;
  }

  /** True before the first record. */
  get fresh(): boolean {
    return this.place === undefined;
  }

  /** The path of something without a place of its own in the innermost open group. */
  inside(name: string): Path {
    const group = this.open.at(-1);
    return new Path(group, group === undefined ? this.prefix + name : name);
  }

  /** The path that the next record would have, if it were of this name. */
  pathTo(name: string): Path {
    const step = this.stepTo(name);
    if (step === undefined) return this.inside(name.toLowerCase());
    const ahead = new Track(this.dialect, this.prefix, this.scope, this.complain);
    ahead.open.push(...this.open);
    return ahead.take(step);
  }

  /** Goes to the next record, of this name, and gives its path. */
  enter(name: string): Path {
    const step = this.stepTo(name);
    if (step !== undefined) {
      this.check(step);
      return this.take(step);
    }
    const expected = this.expected();
    const route = this.route(name);
    let path = this.inside(name.toLowerCase());
    for (const missing of route) path = this.take(missing);
    this.complain(wrongOrder, `expected ${expected}, found ${this.nameAndType(name)}`, path.text);
    return path;
  }

  /** The records that may come next, by the order and the counts, with their numbers: `PGARR (203) or VMA (202)`. */
  expected(): string {
    const steps = this.steps();
    const fitting = steps.filter(step => this.isDue(step));
    const names = (fitting.length > 0 ? fitting : steps).map(({ to }) => this.nameAndType(to.record));
    if (names.length === 0) return "nothing more";
    return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  }

  nameAndType(name: string): string {
    return `${name} (${this.dialect.types[name]})`;
  }

  private steps(): readonly GrammarStep[] {
    const { start, steps } = this.automaton;
    return this.place === undefined ? start : steps[this.place.id]!;
  }

  private stepTo(name: string): GrammarStep | undefined {
    for (const step of this.steps()) if (step.to.record === name) return step;
    return undefined;
  }

  private take({ to, keep, again }: GrammarStep): Path {
    const { open } = this;
    const round = again === undefined ? 1 : this.round(again) + 1;
    while (open.length > keep) open.pop();
    for (let i = keep; i < to.groups.length; i++) {
      const { group, repeat } = to.groups[i]!;
      const name = i === 0 ? this.prefix + group.name : group.name;
      open.push(new Path(open[i - 1], name, repeat, repeat === again ? round : 1));
    }
    this.place = to;
    // A record that opens a group of its name is the group: MM is `task[0].mm`, not `task[0].mm.mm`.
    return to.opensGroup ? open[open.length - 1]! : this.inside(to.label);
  }

  /** The shortest way to a record of this name over records that are missing; none if too many would be. */
  private route(name: string): readonly GrammarStep[] {
    const first = this.steps();
    const seen = new Set(first.map(({ to }) => to));
    let routes: GrammarStep[][] = first.map(step => [step]);
    for (let missing = 1; missing <= MISSING_CHAIN; missing++) {
      const longer: GrammarStep[][] = [];
      for (const route of routes) {
        for (const step of this.automaton.steps[route.at(-1)!.to.id]!) {
          if (step.to.record === name) return [...route, step];
          if (seen.has(step.to)) continue;
          seen.add(step.to);
          longer.push([...route, step]);
        }
      }
      routes = longer;
    }
    return [];
  }

  private round(repeat: RepeatNode): number {
    for (let i = this.open.length - 1; i >= 0; i--) {
      if (this.open[i]!.repeat === repeat) return this.open[i]!.round;
    }
    return 0;
  }

  private isDue({ again, ended, skipped }: GrammarStep): boolean {
    if (again !== undefined && this.isOver(again)) return false;
    return (
      ended.every(repeat => this.isOver(repeat)) && skipped.every(node => this.missed(node) === undefined)
    );
  }

  /** True if, by what the image says, the repetition has had its last round. */
  private isOver(repeat: RepeatNode): boolean {
    if (repeat.until !== undefined) return this.scope.holds(repeat.until);
    return this.round(repeat) >= this.scope.amount(repeat.count!);
  }

  private check({ to, begun, again, ended, skipped }: GrammarStep): void {
    for (const repeat of begun) this.checkFirst(repeat, to);
    if (again !== undefined) this.checkAgain(again);
    for (const repeat of ended) this.checkEnd(repeat);
    for (const node of skipped) {
      const message = this.missed(node);
      if (message !== undefined) this.complain(wrongCount, message, this.here());
    }
  }

  private checkFirst(repeat: RepeatNode, to: GrammarPlace): void {
    const { count, body } = repeat;
    if (count === undefined || !this.scope.knows(count) || this.scope.amount(count) > 0) return;
    this.complain(wrongCount, `${count} is 0, but ${body.name} follow`, this.around(repeat, to));
  }

  private checkAgain(repeat: RepeatNode): void {
    const { name } = repeat.body;
    if (repeat.until !== undefined) {
      if (!this.scope.holds(repeat.until)) return;
      this.complain(
        wrongOrder,
        `${conditionText(repeat.until)} ended the ${name} list, but another follows`,
        this.here(),
      );
    } else {
      const count = this.scope.amount(repeat.count!);
      // Said once, where the count is passed.
      if (this.round(repeat) !== count) return;
      this.complain(wrongCount, `${announced(repeat, count)}, but more ${name} follow`, this.around(repeat));
    }
  }

  private checkEnd(repeat: RepeatNode): void {
    const { name } = repeat.body;
    if (repeat.until !== undefined) {
      if (this.scope.holds(repeat.until)) return;
      this.complain(
        wrongOrder,
        `the ${name} list is not ended by ${conditionText(repeat.until)}`,
        this.here(),
      );
    } else {
      const count = this.scope.amount(repeat.count!);
      if (this.round(repeat) >= count) return;
      this.complain(
        wrongCount,
        `${announced(repeat, count)}, but only ${this.round(repeat)} ${name} follow`,
        this.around(repeat),
      );
    }
  }

  /** What is wrong with passing over a part, if anything. */
  private missed(node: OptionalNode | RepeatNode): string | undefined {
    if (node.kind === "optional") {
      if (node.when === undefined || !this.scope.holds(node.when)) return undefined;
      const what = node.body.kind === "record" ? node.body.record : "part";
      return `${conditionText(node.when)}, but no ${what} follows`;
    }
    const count = this.scope.amount(node.count!);
    return count === 0 ? undefined : `${announced(node, count)}, but no ${node.body.name} follows`;
  }

  /** The path of the group that a repetition stands in. */
  private around(repeat: RepeatNode, place = this.place): string {
    const depth = place?.groups.findIndex(group => group.repeat === repeat) ?? 0;
    return this.open[depth - 1]?.text ?? this.prefix + counterOf(repeat);
  }

  private here(): string {
    return this.open.at(-1)?.text ?? this.prefix;
  }
}

/** The record that says how often a group repeats, as its path has it; of a fixed number the group itself. */
function counterOf({ count, body }: RepeatNode): string {
  return typeof count === "string" ? count.slice(0, count.indexOf(".")).toLowerCase() : body.name;
}

/** How often a group repeats, and what says so: `MM.map_count is 3`. */
function announced({ count: told, body }: RepeatNode, count: number): string {
  return typeof told === "string" ? `${told} is ${count}` : `an image has ${count} ${body.name}`;
}
