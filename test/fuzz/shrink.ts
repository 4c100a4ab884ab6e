import { without } from "../image/splice.js";
import { failureOf } from "./failure.js";
import { itemsOf } from "./mutate/places.js";
import type { Case, CaseOptions, Target } from "./target.js";

/** Time that shrinking a case may take. */
const MILLISECONDS = 10_000;

type Fails = (given: Case) => Promise<boolean>;
type Stretch = { readonly offset: number; readonly length: number };

/** A smaller case that fails in the same way, as far as one is found soon: without options, items (or lines) and bytes. */
export async function shrunk(target: Target, given: Case, kind: string): Promise<Case> {
  const deadline = performance.now() + MILLISECONDS;
  const fails: Fails = async smaller =>
    performance.now() < deadline && (await failureOf(target, smaller))?.kind === kind;
  let best = await withFewerOptions(given, fails);
  const stretchesOf = target.input === "lines" ? linesIn : itemsIn;
  for (let before = Number.POSITIVE_INFINITY; best.input.length < before; ) {
    before = best.input.length;
    best = await withFewerStretches(best, stretchesOf, fails);
    best = await withFewerBytes(best, fails);
  }
  return target.input === "lines" ? best : withZeros(best, fails);
}

async function withFewerOptions(given: Case, fails: Fails): Promise<Case> {
  let options: CaseOptions = given.options;
  for (const name of Object.keys(given.options)) {
    const { [name]: _, ...fewer } = options;
    if (await fails({ ...given, options: fewer })) options = fewer;
  }
  return { ...given, options };
}

/** Takes out half of all stretches, then quarters, down to single ones. */
async function withFewerStretches(
  given: Case,
  stretchesOf: (input: Uint8Array) => readonly Stretch[],
  fails: Fails,
): Promise<Case> {
  let best = given;
  for (let size = stretchesOf(best.input).length >> 1; size > 0; size >>= 1) {
    for (let from = 0; ; ) {
      const stretches = stretchesOf(best.input).slice(from, from + size);
      const [first] = stretches;
      const last = stretches.at(-1);
      if (first === undefined || last === undefined) break;
      const smaller = without(best.input, first.offset, last.offset + last.length - first.offset);
      if (await fails({ ...best, input: smaller })) best = { ...best, input: smaller };
      else from += size;
    }
  }
  return best;
}

/** The same with bytes: what no item claims, and what stands within one. */
async function withFewerBytes(given: Case, fails: Fails): Promise<Case> {
  let best = given;
  for (let size = best.input.length >> 1; size > 0; size >>= 1) {
    // So many tries of one size as are soon done.
    const step = Math.max(size, Math.floor(best.input.length / 64));
    for (let at = best.input.length - size; at >= 0; at -= step) {
      const smaller = without(best.input, at, size);
      if (await fails({ ...best, input: smaller })) best = { ...best, input: smaller };
    }
  }
  return best;
}

/** Zeros instead of what does not matter: easier to read, and to store. */
async function withZeros(given: Case, fails: Fails): Promise<Case> {
  let best = given;
  for (let size = 4096; size >= 16; size >>= 2) {
    for (let at = 0; at < best.input.length; at += size) {
      if (best.input.subarray(at, at + size).every(byte => byte === 0)) continue;
      const input = best.input.slice();
      input.fill(0, at, at + size);
      if (await fails({ ...best, input })) best = { ...best, input };
    }
  }
  return best;
}

function itemsIn(input: Uint8Array): readonly Stretch[] {
  return itemsOf(input);
}

function linesIn(input: Uint8Array): readonly Stretch[] {
  const lines: Stretch[] = [];
  for (let at = 0; at < input.length; ) {
    const end = input.indexOf(0x0a, at);
    const length = (end < 0 ? input.length : end + 1) - at;
    lines.push({ offset: at, length });
    at += length;
  }
  return lines;
}
