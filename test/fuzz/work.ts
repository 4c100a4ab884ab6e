import { caseOf } from "./cases.js";
import { keep, like } from "./corpus.js";
import { type Failure, failureOf, failureOrCost } from "./failure.js";
import { shrunk } from "./shrink.js";
import type { Case, Target } from "./target.js";

/** What to work through. */
export interface Work {
  readonly targets: readonly Target[];
  readonly seed: number;
  /** The first case. */
  readonly from: number;
  /** The case to stop before. */
  readonly to: number;
  /** When to stop, by Date.now. */
  readonly deadline: number;
  /** The bundled fuzzer, to measure a case alone. */
  readonly script: string;
}

/** Told how it goes. */
export interface Listener {
  /** This case, by the index of its target and its number, is worked on. */
  at(target: number, index: number): void;
  found(text: string): void;
}

/** Works through the cases, target by target; gives how many there were. Of failures alike only the first is told. */
export async function work(
  { targets, seed, from, to, deadline, script }: Work,
  listener: Listener,
): Promise<number> {
  const met = new Set<string>();
  let done = 0;
  for (let index = from; index < to; index++) {
    for (const [i, target] of targets.entries()) {
      if (Date.now() >= deadline) return done;
      listener.at(i, index);
      const given = caseOf(target, seed, index);
      const isNew = (kind: string) => !met.has(`${target.name} ${kind}`);
      const failure = await failureOrCost(target, given, script, isNew);
      done++;
      if (failure === undefined || !isNew(failure.kind)) continue;
      met.add(`${target.name} ${failure.kind}`);
      listener.at(i, index);
      listener.found(
        `FAILED ${placeText(target, seed, index)}\n${await told(target, given, failure, script)}`,
      );
    }
  }
  return done;
}

export function placeText({ name }: Target, seed: number, index: number): string {
  return `${name}: case ${index} of seed ${seed}`;
}

/** Keeps the case, made small, unless the corpus has one that fails alike; says what it is and how to see it again. */
async function told(target: Target, given: Case, failure: Failure, script: string): Promise<string> {
  const known = await like(target, failure, script);
  if (known !== undefined) return `  ${failure.kind}\n  like ${known}`;
  if (failure.kind.startsWith("cost")) return kept(target, given, failure);
  const small = await shrunk(target, given, failure.kind);
  return kept(target, small, (await failureOf(target, small)) ?? failure);
}

/** Keeps the case, and says how to see it again. */
export function kept(target: Target, given: Case, failure: Failure): string {
  const path = keep(target, given, failure);
  return [
    `  ${failure.text.replaceAll("\n", "\n  ")}`,
    `  ${given.input.length} bytes, options ${JSON.stringify(given.options)}`,
    `  again: npm run fuzz -- --replay ${path}`,
  ].join("\n");
}
