import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  bytesSource,
  CrimgError,
  dialectNamed,
  type Input,
  type Item,
  isCr,
  openImage,
  type RecordOf,
  type Source,
} from "../../src/index.js";
import { sampleBytes } from "../format/samples.js";
import { reusedChunks, webStream } from "./chunks.js";

const url = new URL("../../samples/cr-3a/v9-tree.img", import.meta.url);
const bytes = sampleBytes("cr-3a/v9-tree.img");

async function placesOf(items: AsyncIterable<Item>): Promise<string[]> {
  const places: string[] = [];
  for await (const { kind, path, offset, length } of items)
    places.push(`${offset}+${length} ${kind} ${path}`);
  return places;
}

/** What must be thrown, whose `code` is the promise. */
async function errorOf(action: () => Promise<unknown>): Promise<CrimgError> {
  const error = await action().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CrimgError);
  return error as CrimgError;
}

/** A source of one's own, of which nothing is known but that it can be read anywhere. */
const ownSource: Source = {
  size: bytes.length,
  seekable: true,
  read: async (offset, length) => bytes.slice(offset, offset + length),
};

const inputs: Readonly<Record<string, () => Input>> = {
  path: () => fileURLToPath(url),
  URL: () => url,
  Uint8Array: () => bytes,
  "Uint8Array into a larger buffer": () => {
    const buffer = new Uint8Array(bytes.length + 20);
    buffer.set(bytes, 7);
    return buffer.subarray(7, 7 + bytes.length);
  },
  ArrayBuffer: () => bytes.slice().buffer,
  Buffer: () => Buffer.from(bytes),
  Blob: () => new Blob([bytes.slice()]),
  ReadableStream: () => webStream(bytes, 700),
  "async generator that uses its buffer again": () => reusedChunks(bytes, 321),
  "source of one's own": () => ownSource,
};

describe("an image is the same whatever it is opened from", () => {
  const expected = openImage(bytes).then(image => placesOf(image.items()));

  test.each(Object.entries(inputs))("%s", async (_, input) => {
    const image = await openImage(input());
    const places = await placesOf(image.items());
    await image.close();
    expect(places).toEqual(await expected);
    expect(places.length).toBeGreaterThan(100);
  });

  test.each(Object.entries(inputs))("the summary of %s", async (_, input) => {
    const image = await openImage(input());
    const summary = await image.summary();
    await image.close();
    expect(summary).toMatchObject({ length: bytes.length, taskCount: 5, pages: 28, complete: true });
    expect(summary.image.dialect.name).toBe("cr-3a");
    expect(summary.tasks.map(({ pid, ppid, comm }) => [pid, ppid, comm])).toEqual([
      [162, 1, "ckpt"],
      [163, 162, "childA"],
      [164, 162, "childB"],
      [165, 164, "grandchild"],
      [166, 162, "childC"],
    ]);
  });
});

describe("items", () => {
  test("the name of a record tells the compiler its fields", async () => {
    const starts: bigint[] = [];
    const names: string[] = [];
    const image = await openImage(bytes);
    for await (const item of image.items()) {
      if (isCr(item, "VMA")) {
        expectTypeOf(item).toEqualTypeOf<RecordOf<"VMA">>();
        expectTypeOf(item.fields.vm_start).toEqualTypeOf<bigint>();
        expectTypeOf(item.fields.vma_type).toEqualTypeOf<number>();
        starts.push(item.fields.vm_start);
      } else if (isCr(item, "FNAME")) {
        expectTypeOf(item.fields.fname).toEqualTypeOf<string>();
        names.push(item.fields.fname);
      } else if (item.kind === "raw") {
        expectTypeOf(item.count).toEqualTypeOf<number>();
      } else if (item.kind === "gap") {
        // @ts-expect-error: what stands outside of an image is of none.
        expect(item.image).toBeUndefined();
      }
    }
    expect(starts.slice(0, 2)).toEqual([0x8048000n, 0x8049000n]);
    expect(names[0]).toBe("/bin/ckpt\0");
  });

  test("say what they are when they are printed, and stay so when the walk has gone on", async () => {
    const items: Item[] = [];
    const image = await openImage(ownSource);
    for await (const item of image.items()) items.push(item);
    const name = items.find(item => isCr(item, "FNAME"));
    const printed = inspect(name);
    for (const text of ["kind: 'record'", "name: 'FNAME'", "fname: '/bin/ckpt\\x00'"])
      expect(printed).toContain(text);
    expect(printed).not.toContain("DataView");
  });

  test("can be iterated again from the start, of all but a stream", async () => {
    const image = await openImage(bytes);
    expect(await placesOf(image.items())).toEqual(await placesOf(image.items()));
    expect((await image.summary()).taskCount).toBe(5);
  });

  test("of a stream only once", async () => {
    const image = await openImage(webStream(bytes, 4096));
    await placesOf(image.items());
    for (const again of [async () => placesOf(image.items()), () => image.summary()]) {
      const error = await errorOf(again);
      expect(error.code).toBe("usage");
      expect(error.message).toContain("a stream can be read only once");
    }
  });

  test("can be left early; the stream is let go", async () => {
    let released = false;
    async function* stream() {
      try {
        yield* reusedChunks(bytes, 4096);
      } finally {
        released = true;
      }
    }
    const image = await openImage(stream());
    for await (const item of image.items()) {
      expect(item.path).toBe("head");
      break;
    }
    await image.close();
    expect(released).toBe(true);
  });

  test("of an image that is not the first: by number and by offset", async () => {
    const twice = sampleBytes("cr-2/v6-twice.img");
    const second = await openImage(twice, { image: 1 });
    const placed = await openImage(twice, { at: 22604 });
    for (const image of [second, placed]) {
      for await (const item of image.items()) {
        expect(item.offset).toBe(22604);
        break;
      }
      expect((await image.summary()).image.offset).toBe(22604);
    }
    expect((await errorOf(() => openImage(twice, { image: 2 }).then(image => image.summary()))).code).toBe(
      "usage",
    );
  });

  test("findings are told to who asks, and do not end the walk", async () => {
    const findings: string[] = [];
    const image = await openImage(sampleBytes("cr-2/v6-pipe.img"), {
      onFinding: ({ rule }, isDamage) => findings.push(`${rule}, ${isDamage ? "damage" : "odd"}`),
    });
    expect((await image.summary()).complete).toBe(false);
    expect(findings).toEqual(["truncated, damage"]);
  });

  test("a dialect that is asked for is taken", async () => {
    const image = await openImage(sampleBytes("cr-3b/v13-tiny.img"), { dialect: dialectNamed("cr-3a") });
    expect((await image.summary()).image).toMatchObject({ why: "asked for", dialect: { name: "cr-3a" } });
  });
});

describe("verify and dump", () => {
  const opened = Object.entries(inputs).filter(([name]) => !/stream|generator/i.test(name));

  test.each(opened)("verify of %s", async (_, input) => {
    const image = await openImage(input());
    const { dialect, counts, findings, verdict } = await image.verify();
    await image.close();
    expect({ dialect, counts }).toEqual({ dialect: "cr-3a", counts: { error: 0, warning: 0, note: 0 } });
    expect(findings).toEqual([]);
    expect(verdict).toMatchObject({ series: "v9", call: "sys_restart", tasks: { length: 5 } });
  });

  test("verify for another series, with all that it found", async () => {
    const image = await openImage(sampleBytes("cr-2/v6-tiny.img"));
    const { counts, findings, verdict } = await image.verify({ series: "v8" });
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([["tls-unread", "warning"]]);
    expect(counts).toEqual({ error: 0, warning: 1, note: 0 });
    expect(verdict).toMatchObject({ series: "v8", returns: -22, errno: "EINVAL" });
  });

  test("findings come as the walk goes, and can be left early", async () => {
    const image = await openImage(sampleBytes("cr-2/v6-pipe.img"));
    for await (const { rule } of image.findings()) {
      expect(rule).toBe("truncated");
      break;
    }
  });

  test("of the image that was chosen", async () => {
    const image = await openImage(sampleBytes("cr-2/v6-twice.img"), { image: 1 });
    expect((await image.verify()).verdict).toMatchObject({ position: 45208 });
  });

  test("verify of a stream: usage, and so is a series that there is not", async () => {
    const stream = await openImage(webStream(bytes, 4096));
    const image = await openImage(bytes);
    for (const ask of [() => stream.verify(), () => image.verify({ series: "v99" })])
      expect((await errorOf(ask)).code).toBe("usage");
  });

  test.each(Object.entries(inputs))("dump of %s", async (_, input) => {
    const image = await openImage(input());
    let text = "";
    const report = await image.dump(
      async piece => {
        await Promise.resolve();
        text += piece;
      },
      { view: "jsonl" },
    );
    await image.close();
    expect(report).toEqual({ errors: [], errorCount: 0 });
    const places = text
      .trimEnd()
      .split("\n")
      .map(line => JSON.parse(line));
    expect(places.map(({ kind, offset, length, path }) => `${offset}+${length} ${kind} ${path}`)).toEqual(
      await placesOf((await openImage(bytes)).items()),
    );
  });

  test("what a dump has said before the file cannot be read on is not lost", async () => {
    const many = Buffer.concat(Array<Uint8Array>(40).fill(bytes));
    const failing: Source = {
      size: many.length,
      seekable: true,
      read: async (offset, length) => {
        if (offset > many.length / 2) throw new CrimgError("io", "gone");
        return many.subarray(offset, offset + length);
      },
    };
    const image = await openImage(failing);
    let text = "";
    const write = (piece: string) => {
      text += piece;
    };
    const error = await errorOf(() => image.dump(write, { view: "jsonl" }));
    expect(error.code).toBe("io");
    expect(text).toContain('"path":"head"');
  });
});

describe("what cannot be opened", () => {
  test("a file that is not there: io", async () => {
    const error = await errorOf(() => openImage(fileURLToPath(new URL("no-such.img", url))));
    expect(error.code).toBe("io");
    expect(error.message).toMatch(/no-such\.img: cannot open: no such file$/);
  });

  test("a folder: io", async () => {
    expect((await errorOf(() => openImage(fileURLToPath(new URL(".", url))))).code).toBe("io");
  });

  test("a URL that is not there: io, and the path is said as a path", async () => {
    const error = await errorOf(() => openImage(new URL("no-such.img", url)));
    expect(error.code).toBe("io");
    expect(error.message).toContain("no-such.img: cannot open: no such file");
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["text", new TextEncoder().encode("no image, but long enough to be one, or so it would seem")],
  ])("%s: not-an-image, with where", async (_, bytes) => {
    const image = await openImage(bytesSource(bytes));
    for (const ask of [() => image.summary(), () => placesOf(image.items()), () => image.read(0, 0, 1)]) {
      const error = await errorOf(ask);
      expect(error).toMatchObject({ code: "not-an-image", offset: 0 });
      expect(error.message).toMatch(/\(at 0x0\)$/);
    }
  });
});
