import { parseArgs } from "node:util";

/** What to fuzz, and for how long. */
export interface FuzzArguments {
  /** Time for all targets together; undefined if `cases` says how many. */
  readonly seconds: number | undefined;
  /** Cases of each target. */
  readonly cases: number | undefined;
  readonly seed: number;
  readonly target: string | undefined;
  /** An input to check once more. */
  readonly replay: string | undefined;
  /** Says in JSON what the calls of the replay cost. */
  readonly alone: boolean;
}

export const usage = `npm run fuzz -- [--seconds N | --cases N] [--seed S] [--target NAME] [--replay FILE]

  --seconds N    how long to go on (60)
  --cases N      how many cases of each target, so that a run can be repeated exactly
  --seed S       a whole number; the same seed gives the same cases (a new one each time, printed)
  --target NAME  only this one
  --replay FILE  check one input again: an image or JSON Lines, with its .json beside it or with --target`;

/** The arguments of the command line. Throws for those that are not known. */
export function parsed(argv: readonly string[]): FuzzArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: "string" },
      cases: { type: "string" },
      seed: { type: "string" },
      target: { type: "string" },
      replay: { type: "string" },
      alone: { type: "boolean", default: false },
    },
  });
  const cases = count("cases", values.cases);
  return {
    cases,
    seconds: count("seconds", values.seconds) ?? (cases === undefined ? 60 : undefined),
    seed: count("seed", values.seed) ?? Math.floor(Math.random() * 2 ** 31),
    target: values.target,
    replay: values.replay,
    alone: values.alone,
  };
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} takes a number, found ${text}`);
  return number;
}
