import { describe, expect, test } from "vitest";
import { CrimgError, type Image, openImage } from "../../src/index.js";
import { chunk4196, sample } from "../image/samples.js";
import { recordNamed, withField } from "../image/splice.js";
import { webStream } from "./chunks.js";

const PAGE = 4096;
const tree = () => openImage(sample("v9-tree").bytes);

async function errorOf(action: Promise<unknown>): Promise<CrimgError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CrimgError);
  return error as CrimgError;
}

/** Every dumped page of a task's memory, found without the library's map: address and where its bytes stand. */
async function dumpedPages(image: Image, task: number): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  let addresses: number[] = [];
  for await (const item of image.items()) {
    if (item.kind !== "raw" || !item.path.startsWith(`task[${task}].`)) continue;
    const view = new DataView(item.bytes.buffer, item.bytes.byteOffset, item.bytes.byteLength);
    if (item.name === "addresses") {
      addresses.push(...Array.from({ length: item.count }, (_, i) => view.getUint32(4 * i, true)));
    } else if (item.name === "pages") {
      for (const [i, address] of addresses.entries()) found.set(address, item.offset + i * PAGE);
      addresses = [];
    }
  }
  return found;
}

describe("memory of a task is read at its virtual address", () => {
  test("what each child wrote at 0x30000000", async () => {
    const image = await tree();
    const words = await image.read(1, 0x30000000, 16);
    expect(Buffer.from(words).toString("hex", 0, 8)).toBe("0000003001000030");
    expect(new DataView(words.buffer, words.byteOffset).getUint32(12, true)).toBe(0x30000003);
    expect(await image.read(1, 0x30000000n, 16)).toEqual(words);
  });

  test.each(["v6p5-maps", "v6-maps", "v9-tree", "v13-maps"])("every dumped page of %s", async name => {
    const { bytes } = sample(name);
    const image = await openImage(bytes);
    const pages = await dumpedPages(image, 0);
    expect(pages.size).toBeGreaterThan(2);
    for (const [address, offset] of pages) {
      const read = await image.read(0, address, PAGE);
      expect(
        Buffer.compare(read, bytes.subarray(offset, offset + PAGE)),
        `page 0x${address.toString(16)}`,
      ).toBe(0);
    }
  });

  test("across the border of two pages, from any byte to any byte", async () => {
    const { bytes } = sample("v9-tree");
    const image = await openImage(bytes);
    const pages = await dumpedPages(image, 0);
    const first = [...pages.keys()].find(address => pages.has(address + PAGE))!;
    const expected = Buffer.concat(
      [first, first + PAGE].map(page => bytes.subarray(pages.get(page)!, pages.get(page)! + PAGE)),
    );
    for (const [from, to] of [
      [PAGE - 3, PAGE + 5],
      [PAGE, PAGE + 1],
      [1, 2 * PAGE - 1],
      [0, 2 * PAGE],
    ] as const) {
      const read = await image.read(0, first + from, to - from);
      expect(Buffer.compare(read, expected.subarray(from, to)), `${from} to ${to}`).toBe(0);
    }
  });

  test("nothing of nowhere is nothing", async () => {
    expect(await (await tree()).read(0, 0, 0)).toEqual(new Uint8Array(0));
  });

  test("the tasks of an image have each their own", async () => {
    const image = await tree();
    const firstWord = async (task: number, address: number) => {
      const word = await image.read(task, address, 4);
      return new DataView(word.buffer, word.byteOffset).getUint32(0, true);
    };
    expect(await firstWord(1, 0x30000000)).toBe(0x30000000);
    expect(await firstWord(2, 0x30100000)).toBe(0x31000000);
    expect(await firstWord(4, 0x30202000)).toBe(0x32002000);
    const stacks = await Promise.all([0, 1, 2, 3, 4].map(task => image.read(task, 0xbf559000, PAGE)));
    expect(new Set(stacks.map(stack => Buffer.from(stack).toString("latin1"))).size).toBeGreaterThan(1);
    expect((await errorOf(image.read(0, 0x30000000, 16))).message).toContain("the task has no memory there");
  });

  test("pages of a second chunk, whose count is a running total", async () => {
    const bytes = chunk4196();
    const image = await openImage(bytes);
    const pages = await dumpedPages(image, 0);
    expect(pages.size).toBeGreaterThan(4196);
    const addresses = [...pages.keys()];
    for (const address of [0, 1, 4094, 4095, 4096, 4097, 4195].map(i => addresses[i]!)) {
      const offset = pages.get(address)!;
      const read = await image.read(0, address, PAGE);
      expect(Buffer.compare(read, bytes.subarray(offset, offset + PAGE)), `0x${address.toString(16)}`).toBe(
        0,
      );
    }
  });

  test("a Blob serves it, too", async () => {
    const image = await openImage(new Blob([sample("v9-tree").bytes.slice()]));
    expect([...(await image.read(1, 0x30000000, 5))]).toEqual([0, 0, 0, 0x30, 1]);
  });
});

describe("memory the image does not hold", () => {
  test("of a file that was not changed: the address and the file", async () => {
    const error = await errorOf((await tree()).read(0, 0x8048010, 4));
    expect(error.code).toBe("not-dumped");
    expect(error.message).toBe(
      "no page for address 0x8048010 in the image: it is unchanged in /bin/ckpt, or was never touched",
    );
  });

  test("never touched: the address, and that it reads as zeros", async () => {
    const error = await errorOf((await tree()).read(0, 0x804d000, 4));
    expect(error.code).toBe("not-dumped");
    expect(error.message).toMatch(
      /^no page for address 0x804d000 .*: it was never touched, so it reads as zeros$/,
    );
  });

  test("outside of all areas", async () => {
    const error = await errorOf((await tree()).read(0, 0x1000, 4));
    expect(error.message).toBe("no page for address 0x1000 in the image: the task has no memory there");
  });

  test("behind a page that is there: the address is the first that is not", async () => {
    const error = await errorOf((await tree()).read(1, 0x30000ff0, 32));
    expect(error.message).toContain("no page for address 0x30001000 ");
  });

  test("is filled if asked to, and only where it is missing", async () => {
    const read = await (await tree()).read(1, 0x30000ff8, 16, { fill: 0xcc });
    const page = await (await tree()).read(1, 0x30000ff8, 8);
    expect([...read]).toEqual([...page, ...Array(8).fill(0xcc)]);
    expect([...(await (await tree()).read(1, 0x1000, 3, { fill: 0 }))]).toEqual([0, 0, 0]);
  });

  test("in a page that is cut off by the end of the file", async () => {
    const { bytes } = sample("v9-tree");
    const pages = await dumpedPages(await tree(), 1);
    const cut = await openImage(bytes.subarray(0, pages.get(0x30000000)! + 100));
    await expect(cut.read(1, 0x30000000, 200)).rejects.toBeInstanceOf(CrimgError);
  });
});

describe("memory that cannot be asked for", () => {
  test.each([5, -1, 1.5])("of task %d, which is not there", async task => {
    const error = await errorOf((await tree()).read(task, 0, 1));
    expect(error.code).toBe("usage");
    expect(error.message).toBe(`no task[${task}]: the image has 5, counted from 0`);
  });

  test("more than a task of 32 bits can have, though a damaged area says that it has", async () => {
    const { bytes } = sample("v6-tiny");
    const wide = withField(bytes, recordNamed(bytes, "VMA"), "vm_end", 2n ** 63n);
    const image = await openImage(wide);
    for (const options of [{}, { fill: 0 }]) {
      const error = await errorOf(image.read(0, 0x8048000, 2 ** 40, options));
      expect(error.code).toBe("usage");
      expect(error.message).toContain("memory ends at 0x100000000");
    }
  });

  test("of a stream", async () => {
    const image = await openImage(webStream(sample("v9-tree").bytes, 5000));
    const error = await errorOf(image.read(0, 0x804c000, 1));
    expect(error.code).toBe("usage");
    expect(error.message).toContain("can be read twice");
  });
});
