import { describe, expect, it } from "vitest";
import { encodeTable } from "../../src/codec/table.js";
import { CrimgError } from "../../src/errors.js";
import { header, type RecordName } from "../../src/formats/cr/records.js";
import type { ConvertOptions } from "../../src/index.js";
import { sample } from "../image/samples.js";
import { concat, recordNamed, withField, withInserted, without } from "../image/splice.js";
import { convertBytes } from "./converter.js";

/** The error of a conversion that must not succeed. */
function refusal(bytes: Uint8Array, options: ConvertOptions): CrimgError {
  try {
    convertBytes(bytes, options);
  } catch (error) {
    if (error instanceof CrimgError) return error;
    throw error;
  }
  throw new Error("this was converted");
}

const bytesOf = (name: string) => sample(name).bytes;

/** With a record of this type before the first one of a name. */
function withStranger(bytes: Uint8Array, type: number, before: RecordName): Uint8Array {
  const stranger = concat(encodeTable(header, { type, len: 8, parent: 0 }, "little"), new Uint8Array(8));
  return withInserted(bytes, recordNamed(bytes, before).offset, stranger);
}

/** v13-fpu as a CPU without FXSR would have left it: 112 bytes of FSAVE. */
function withFsave(): Uint8Array {
  const bytes = bytesOf("v13-fpu");
  const arch = recordNamed(bytes, "HEAD_ARCH");
  const cpu = recordNamed(bytes, "CPU");
  const cut = without(bytes, cpu.offset + cpu.length + 112, 400);
  return withField(withField(cut, arch, "has_fxsr", 0), arch, "xstate_size", 112);
}

describe("Refused, and the reason said:", () => {
  const cases: Readonly<Record<string, readonly [() => Uint8Array, ConvertOptions, RegExp]>> = {
    "a task without memory as one that has some": [() => bytesOf("v5p2-tiny"), { to: "cr-2" }, /no memory/],
    "a task without memory in rev 3": [() => bytesOf("v5p2-tiny"), { to: "cr-3b" }, /no memory/],
    "memory for a kernel that restores none": [
      () => bytesOf("v6-tls1"),
      { to: "cr-1", series: "v5p2" },
      /v5p2 restores no memory/,
    ],
    "five tasks in rev 2": [() => bytesOf("v9-tree"), { to: "cr-2" }, /5 tasks.*162, 163, 164, 165, 166/],
    "five tasks in rev 1": [() => bytesOf("v13-tree"), { to: "cr-1" }, /5 tasks/],
    "FSAVE where CPU has room for FXSAVE": [withFsave, { to: "cr-2" }, /112 bytes/],
    "FSAVE made into FXSAVE": [withFsave, { to: "cr-3b", xstate: 512 }, /112 bytes/],
    "an unknown record whose number is CPU's there": [
      () => withStranger(bytesOf("v8-tls1"), 104, "MM_CONTEXT"),
      { to: "cr-3a" },
      /number 104, which is CPU in cr-3a/,
    ],
    "an unknown record whose number is FNAME's there": [
      () => withStranger(bytesOf("v9-tls1"), 5, "MM_CONTEXT"),
      { to: "cr-3b" },
      /number 5, which is FNAME in cr-3b/,
    ],
    "what would lose something, if nothing may be lost": [
      () => bytesOf("v6-files"),
      { to: "cr-1", lossless: true },
      /lost/,
    ],
  };
  it.each(Object.entries(cases))("%s", (_, [make, options, message]) => {
    const { code, reason } = refusal(make(), options);
    expect(code).toBe("refused");
    expect(reason).toMatch(message);
  });
});

describe("Not an image that can be converted:", () => {
  it.each(["cr-1", "cr-2", "cr-3a", "cr-3b"])("a prefix, for %s", to => {
    expect(refusal(bytesOf("v6-pipe"), { to })).toMatchObject({ code: "truncated", offset: 17_678 });
  });

  it("one whose records stand out of order", () => {
    const bytes = bytesOf("v8-tls1");
    const { offset, length } = recordNamed(bytes, "MM_CONTEXT");
    expect(refusal(without(bytes, offset, length), { to: "cr-3a" })).toMatchObject({
      code: "malformed",
      offset,
    });
  });

  it("one that ends within its head", () => {
    expect(refusal(bytesOf("v8-tls1").slice(0, 100), { to: "cr-3a" }).code).toBe("truncated");
    expect(refusal(bytesOf("v8-tls1").slice(0, 10), { to: "cr-3a" }).code).toBe("not-an-image");
  });
});

describe("Where a part will do,", () => {
  it("an image that ends before its dialect shows keeps its head all the same", () => {
    const bytes = bytesOf("v13-tls1");
    const { bytes: kept } = convertBytes(bytes.slice(0, 300), { to: "cr-3b", partial: true });
    const { offset } = recordNamed(bytes, "TASK");
    expect(Buffer.compare(kept.subarray(0, offset), bytes.subarray(0, offset))).toBe(0);
  });
});

describe("Asked for in vain:", () => {
  const image = bytesOf("v8-tls1");
  const cases: Readonly<Record<string, readonly [Uint8Array, ConvertOptions, RegExp]>> = {
    "a dialect there is not": [image, { to: "cr-4" }, /cr-4.*cr-1, cr-2, cr-3a, cr-3b/],
    "a series of another dialect": [image, { to: "cr-3a", series: "v13" }, /v13.*cr-3a.*v9/],
    "a task there is not": [bytesOf("v9-tree"), { to: "cr-2", task: 1 }, /no task has pid 1.*162/],
    "descriptors where there are some": [
      image,
      { to: "cr-3a", fds: [{ fd: 0, path: "/t/in" }] },
      /descriptors/,
    ],
    "a descriptor twice": [
      bytesOf("v6p5-tls1"),
      {
        to: "cr-2",
        fds: [
          { fd: 3, path: "/a" },
          { fd: 3, path: "/b" },
        ],
      },
      /3.*twice/,
    ],
    "a kernel of two numbers": [image, { to: "cr-3a", kernel: "2.6" }, /"2\.6"/],
    "a kernel number above 65535": [image, { to: "cr-3a", kernel: "2.6.70000" }, /70000/],
    "a fresh FPU for a kernel that takes it for a pointer": [
      bytesOf("v6-fpu"),
      { to: "cr-2", series: "v6", fpu: "init", repair: ["fpu"] },
      /pointer/,
    ],
  };
  it.each(Object.entries(cases))("%s", (_, [bytes, options, message]) => {
    const { code, reason } = refusal(bytes, options);
    expect(code).toBe("usage");
    expect(reason).toMatch(message);
  });
});
