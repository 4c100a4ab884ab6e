import { expect } from "vitest";
import { formats } from "../../../src/formats/registry.js";
import { encodeLines } from "../../../src/lines/encode.js";
import { bytesSource } from "../../../src/source/source.js";
import { streamOf } from "../../image/chunked.js";
import { concat } from "../../image/splice.js";
import { decoded } from "../../lines/there-and-back.js";
import { damagedImage } from "../mutate/damage.js";
import { editedLines, floodedLines } from "../mutate/lines.js";
import { errorText, type Outcome, outcomeOf, outcomeOfAsync } from "../outcome.js";
import { INPUT_MOST, type Target } from "../target.js";
import { anyChunk } from "./place.js";

/** Lines that somebody edited become an image, or it is said which line is wrong. */
export const editedLinesTarget: Target = {
  name: "edited-lines",
  property: "encode of any lines makes bytes or throws CrimgError, and does not depend on how the lines come",
  input: "lines",
  make(random) {
    const mode = random.pick(["inline", "inline", "file", "none"] as const);
    const made = outcomeOf(() => decoded(damagedImage(random), { pages: mode }));
    const lines = made.value?.lines ?? [
      '{"kind":"head","format":"crimg image lines","version":1,"pages":"inline"}',
    ];
    // Most of a large image is pages, and one line is as good as another.
    const few = lines.filter(({ length }) => length < 100_000);
    const isFlood = random.once(25);
    const text = isFlood ? floodedLines(few, random) : editedLines(few, random);
    const input = Buffer.from(text).subarray(0, INPUT_MOST);
    if (random.once(10) && input.length > 0) input[random.below(input.length)] = random.pick([0xff, 0x80, 0]);
    const fixCounts = random.once(2);
    const pages =
      mode === "inline" && !random.once(10) ? {} : { pages: random.pick([0, 100, 4096, 200_000]) };
    // A million pieces of one byte take long by themselves.
    const chunk = isFlood ? random.pick([321, 65_536]) : anyChunk(random);
    return { input: new Uint8Array(input), options: { fixCounts, ...pages, chunk } };
  },
  async check({ input, options }, calls) {
    const { fixCounts = false, pages, chunk = 321 } = options as Options;
    const how = { fixCounts, ...(pages !== undefined && { pages: bytesSource(new Uint8Array(pages)) }) };
    const run = (begin: () => AsyncIterable<Uint8Array | string>) =>
      outcomeOfAsync(async () => {
        const parts: Uint8Array[] = [];
        const write = (bytes: Uint8Array) => void parts.push(bytes.slice());
        // To be read twice, lines must begin anew.
        const chunks = { [Symbol.asyncIterator]: () => begin()[Symbol.asyncIterator]() };
        await calls.timedAsync("encode", () => encodeLines(chunks, formats, how, { write }));
        return concat(...parts);
      });
    const whole = await run(() => streamOf(input, Math.max(1, input.length)));
    expectSame(await run(() => streamOf(input, chunk)), whole, `chunks of ${chunk}`);
    const text = Buffer.from(input).toString();
    if (Buffer.compare(Buffer.from(text), input) !== 0) return;
    expectSame(await run(() => piecesOf(text, chunk)), whole, `text in pieces of ${chunk}`);
  },
};

function expectSame(one: Outcome<Uint8Array>, other: Outcome<Uint8Array>, about: string): void {
  expect(errorText(one), about).toBe(errorText(other));
  const [a, b] = [one.value, other.value];
  if (a !== undefined && b !== undefined) expect(Buffer.compare(a, b), about).toBe(0);
}

/** Text in pieces that part pairs of surrogates, too. */
async function* piecesOf(text: string, size: number): AsyncGenerator<string, void, void> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

interface Options {
  readonly fixCounts?: boolean;
  readonly pages?: number;
  readonly chunk?: number;
}
