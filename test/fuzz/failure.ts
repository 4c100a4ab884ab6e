import { costAlone } from "./alone.js";
import { Calls, costText, share } from "./calls.js";
import type { Case, Target } from "./target.js";

/** Why a property does not hold for a case. */
export interface Failure {
  /** What was thrown, with the places in the source. */
  readonly text: string;
  /** The same for cases that fail alike: without numbers, and of the places only the first one. */
  readonly kind: string;
}

/** Checks a case. Undefined if the property holds. */
export async function failureOf(
  target: Target,
  given: Case,
  calls = new Calls(),
): Promise<Failure | undefined> {
  const before = given.input.slice();
  try {
    await target.check(given, calls);
    if (Buffer.compare(before, given.input) !== 0) throw new Error("the input is no longer what it was");
    return undefined;
  } catch (error) {
    return failureFrom(error);
  }
}

/**
 * The same, and that no call takes too much. Whether it does is seen in a process of its own (`script` is the bundled
 * fuzzer), unless nobody wants to know of this kind of failure.
 */
export async function failureOrCost(
  target: Target,
  given: Case,
  script: string,
  wanted: (kind: string) => boolean = () => true,
): Promise<Failure | undefined> {
  const calls = new Calls();
  const failure = await failureOf(target, given, calls);
  const { worst } = calls;
  if (failure !== undefined || worst === undefined || share(worst, target) < 1) return failure;
  const kind = `cost: ${worst.call.replaceAll(/\d+/g, "#")}`;
  if (!wanted(kind)) return undefined;
  const cost = costAlone(script, target, given);
  if (cost === undefined) return { kind, text: `${worst.call} does not end alone` };
  return share(cost, target) < 1 ? undefined : { kind, text: costText(cost) };
}

function failureFrom(error: unknown): Failure {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const places = stack.split("\n").filter(line => /^\s+at /.test(line));
  const [where = ""] = places.map(place => /at (?:async )?([\w.$]+) /.exec(place)?.[1] ?? "").filter(Boolean);
  const [headline = ""] = message.split("\n");
  const kind = `${name}: ${headline} (${where})`.replace(/0x[0-9a-f]+|\d+|"[^"]*"/g, "#").slice(0, 160);
  return { kind, text: `${name}: ${message.slice(0, 2000)}\n${places.slice(0, 8).join("\n")}` };
}
