import { expect } from "vitest";
import { formats } from "../../../src/formats/registry.js";
import { Image } from "../../../src/image.js";
import { elements, type RawItem } from "../../../src/stream/item.js";
import { collect, errors } from "../../image/collect.js";
import { damagedImage, oddImage } from "../mutate/damage.js";
import { itemsOf } from "../mutate/places.js";
import { outcomeOfAsync } from "../outcome.js";
import type { Random } from "../random.js";
import type { Target } from "../target.js";
import { preadOf } from "./pread.js";

const FILL = 0xa5;
const PAGE = 4096;

/** The memory of a task can be read at any address, or it is said why not. */
export const memoryTarget: Target = {
  name: "memory",
  property:
    "Image.read throws nothing but CrimgError, and gives the bytes of the pages where they are orderly",
  input: "image",
  make(random) {
    const input = random.once(2) ? oddImage(random) : damagedImage(random);
    const length = random.pick([0, 1, 100, PAGE, 2 * PAGE, 1_000_000, 2 ** 40, Number.MAX_SAFE_INTEGER]);
    // What is not there is filled only in what a person would ask for.
    const fill = length <= 1_000_000 && random.once(2);
    const options = { task: random.pick([0, 0, 0, 1, 2]), address: anyAddress(input, random), length, fill };
    return { input, options };
  },
  async check({ input, options }, calls) {
    const { task = 0, address = 0x8048000, length = PAGE, fill = false } = options as Options;
    const image = new Image(preadOf(input), {}, formats);
    const how = fill ? { fill: FILL } : {};
    const read = () => image.read(task, address, length, how);
    const { value } = await outcomeOfAsync(() => calls.timedAsync("read", read));
    if (value === undefined) return;
    expect(value.length).toBe(length);
    const pages = pagesOf(input, task);
    if (pages === undefined) return;
    for (let i = 0; i < length; i += 1 + (i % 997)) {
      const offset: number | undefined = pages.get(Math.floor((address + i) / PAGE) * PAGE);
      const expected: number | undefined =
        offset === undefined ? FILL : input[offset + ((address + i) % PAGE)];
      if (value[i] !== expected) expect.fail(`at ${address + i}: found ${value[i]}, expected ${expected}`);
    }
  },
};

interface Options {
  readonly task?: number;
  readonly address?: number;
  readonly length?: number;
  readonly fill?: boolean;
}

function anyAddress(input: Uint8Array, random: Random): number {
  const known = itemsOf(input).flatMap(item => {
    if (item.kind === "record" && item.name === "VMA") return [Number(item.fields.vm_start ?? 0n)];
    return item.kind === "raw" && isAddresses(item)
      ? elements<{ address: number }>(item).map(({ address }) => address)
      : [];
  });
  const address =
    known.length === 0 || random.once(10) ? random.pick([0, 2 ** 32, 2 ** 53]) : random.pick(known);
  return Math.max(0, Math.min(address + random.pick([0, 0, 1, 4095, -1, -PAGE]), Number.MAX_SAFE_INTEGER));
}

/** Where the pages of a task are in the file; undefined if something is wrong with the image. */
function pagesOf(input: Uint8Array, task: number): Map<number, number> | undefined {
  const walked = collect(input, { image: 0 });
  if (walked.error !== undefined || errors(walked).length > 0) return undefined;
  const pages = new Map<number, number>();
  let current = -1;
  let waiting: number[] = [];
  for (const item of walked.items) {
    if (item.kind === "record" && item.name === "TASK") current++;
    if (item.kind !== "raw" || current !== task) continue;
    if (isAddresses(item)) {
      if (!item.orderly) return undefined;
      waiting.push(...elements<{ address: number }>(item).map(({ address }) => address));
    } else if (item.name === "pages") {
      for (const [i, address] of waiting.entries()) {
        // Two areas that overlap say different things of one page.
        if (pages.has(address)) return undefined;
        pages.set(address, item.offset + i * PAGE);
      }
      waiting = [];
    }
  }
  return pages;
}

function isAddresses({ name }: RawItem): boolean {
  return name === "addresses";
}
