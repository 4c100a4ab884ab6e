import { describe, expect, test } from "vitest";
import { array, bytes, pad, s16, s32, text, u8, u16, u32, u64 } from "../../src/codec/field.js";
import { decodeTable, encodeTable, type Shape, table } from "../../src/codec/table.js";
import { CrimgError } from "../../src/errors.js";
import { bytesOfHex } from "./bytes-of-hex.js";
import { expectCodec } from "./expect-codec.js";

const payload = <const S extends Shape>(fields: S) =>
  table({ name: "VMA", struct: "cr_hdr_vma", doc: "One memory area.", source: "v6 4/9" }, fields);

describe("a field of each kind", () => {
  test("u8: one byte, unsigned", () => {
    const t = payload({ a: u8("") });
    expectCodec(t, "00", { a: 0 });
    expectCodec(t, "ff", { a: 255 });
    expectCodec(t, "80", { a: 128 }, "big");
  });

  test("u16: two bytes, unsigned", () => {
    const t = payload({ rev: u16("") });
    expectCodec(t, "02 00", { rev: 2 });
    expectCodec(t, "00 02", { rev: 2 }, "big");
    expectCodec(t, "ff ff", { rev: 0xffff });
  });

  test("u32: four bytes, unsigned", () => {
    const t = payload({ map_count: u32("") });
    expectCodec(t, "78 56 34 12", { map_count: 0x12345678 });
    expectCodec(t, "12 34 56 78", { map_count: 0x12345678 }, "big");
    expectCodec(t, "ff ff ff ff", { map_count: 0xffffffff });
    expectCodec(t, "00 00 00 80", { map_count: 0x80000000 });
  });

  test("u64: eight bytes, a bigint that keeps all 64 bits", () => {
    const t = payload({ magic: u64("") });
    expectCodec(t, "00 d2 a2 c0 0c ed fe 00", { magic: 0x00feed0cc0a2d200n });
    expectCodec(t, "00 fe ed 0c c0 a2 d2 00", { magic: 0x00feed0cc0a2d200n }, "big");
    expectCodec(t, "ff ff ff ff ff ff ff ff", { magic: 2n ** 64n - 1n });
    expectCodec(t, "01 00 00 00 00 00 20 00", { magic: 2n ** 53n + 1n });
  });

  test("s16: two bytes, two's complement", () => {
    const t = payload({ len: s16("") });
    expectCodec(t, "e0 00", { len: 224 });
    expectCodec(t, "00 e0", { len: 224 }, "big");
    expectCodec(t, "ff ff", { len: -1 });
    expectCodec(t, "00 80", { len: -32768 });
    expectCodec(t, "80 00", { len: -32768 }, "big");
  });

  test("s32: four bytes, two's complement", () => {
    const t = payload({ fd: s32("") });
    expectCodec(t, "3f 00 00 00", { fd: 63 });
    expectCodec(t, "f4 ff ff ff", { fd: -12 });
    expectCodec(t, "ff ff ff f4", { fd: -12 }, "big");
    expectCodec(t, "00 00 00 80", { fd: -(2 ** 31) });
  });

  test("pad: kept as an unsigned number of its size, in the order of the image", () => {
    expectCodec(payload({ _pad: pad(1) }), "fe", { _pad: 0xfe });
    expectCodec(payload({ _pad: pad(2) }), "fe 00", { _pad: 0xfe });
    expectCodec(payload({ _pad: pad(4) }), "00 00 00 02", { _pad: 0x02000000 });
    expectCodec(payload({ _pad: pad(4) }), "00 00 00 02", { _pad: 2 }, "big");
  });

  test("bytes: a fixed number of them, whatever the order", () => {
    const t = payload({ xstate: bytes(4, "") });
    expectCodec(t, "00 92 95 ef", { xstate: bytesOfHex("009295ef") });
    expectCodec(t, "00 92 95 ef", { xstate: bytesOfHex("009295ef") }, "big");
  });

  test("bytes: the rest of the payload, none of it included", () => {
    const t = payload({ n: u16(""), buffer: bytes("rest", "") });
    expectCodec(t, "01 00 aa bb 00", { n: 1, buffer: bytesOfHex("aabb00") });
    expectCodec(t, "00 01", { n: 1, buffer: new Uint8Array(0) }, "big");
  });

  test("array of integers: one after the other", () => {
    const t = payload({ ids: array(s16(""), 3, "") });
    expectCodec(t, "01 00 fe ff 00 80", { ids: [1, -2, -32768] });
    expectCodec(t, "00 01 ff fe 80 00", { ids: [1, -2, -32768] }, "big");
  });

  test("array of 64-bit integers and array of bytes: as in the register file of FXSAVE", () => {
    const t = payload({ debugreg: array(u64(""), 2, ""), st: array(bytes(3, ""), 2, "") });
    const values = { debugreg: [1n, 2n ** 63n], st: [bytesOfHex("010203"), bytesOfHex("ffeedd")] };
    expectCodec(t, "01 00 00 00 00 00 00 00  00 00 00 00 00 00 00 80  01 02 03 ff ee dd", values);
    expectCodec(t, "00 00 00 00 00 00 00 01  80 00 00 00 00 00 00 00  01 02 03 ff ee dd", values, "big");
  });

  test("array of texts: each NUL padded by itself", () => {
    expectCodec(payload({ names: array(text(2, ""), 2, "") }), "61 00 62 63", { names: ["a", "bc"] });
  });

  test("array of arrays", () => {
    const grid = [
      [1, 2],
      [3, 4],
    ];
    expectCodec(payload({ grid: array(array(u8(""), 2, ""), 2, "") }), "01 02 03 04", { grid });
  });

  test("several fields: each at the offset the sizes before it add up to", () => {
    const t = payload({ a: u8(""), b: u16(""), c: s32(""), d: u64(""), _pad: pad(1) });
    expect(t.layout.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ["a", 0, 1],
      ["b", 1, 2],
      ["c", 3, 4],
      ["d", 7, 8],
      ["_pad", 15, 1],
    ]);
    const values = { a: 1, b: 2, c: -3, d: 4n, _pad: 5 };
    expectCodec(t, "01 02 00 fd ff ff ff 04 00 00 00 00 00 00 00 05", values);
    expectCodec(t, "01 00 02 ff ff ff fd 00 00 00 00 00 00 00 04 05", values, "big");
  });
});

describe("text of a fixed size", () => {
  const t = payload({ release: text(8, "") });

  test("is NUL padded in the image and without those NULs as a value", () => {
    expectCodec(t, "32 2e 36 2e 32 37 00 00", { release: "2.6.27" });
    expectCodec(t, "00 00 00 00 00 00 00 00", { release: "" });
  });

  test("need not be NUL terminated: 64 bytes of text fill a field of 64", () => {
    const full = payload({ version: text(64, "", { c: "char[__NEW_UTS_LEN]" }) });
    expectCodec(full, "61".repeat(64), { version: "a".repeat(64) });
  });

  test("keeps what stands after a NUL inside it", () => {
    expectCodec(t, "63 6b 70 74 00 65 72 00", { release: "ckpt\0er" });
  });

  test("keeps bytes that are not UTF-8", () => {
    expectCodec(t, "c3 a9 c3 ff 80 f0 9f 41", { release: "é\udcc3\udcff\udc80\udcf0\udc9fA" });
  });
});

describe("text that takes the rest of a payload", () => {
  const t = payload({ fname: text("rest", "") });

  test("keeps every byte, its NUL included", () => {
    expectCodec(t, "2f 74 2f 69 6e 00", { fname: "/t/in\0" });
    expectCodec(t, "63 00 00 00", { fname: "c\0\0\0" });
    expectCodec(t, "", { fname: "" });
  });
});

describe("decoding from the middle of a buffer", () => {
  test("bytes are a view of the image, not a copy", () => {
    const t = payload({ n: u16(""), xstate: bytes(2, ""), name: text(2, "") });
    const image = bytesOfHex("ee ee 01 00 aa bb 61 00 ee");
    const values = t.at("little").decode(new DataView(image.buffer), 2, t.size);
    expect(values).toEqual({ n: 1, xstate: bytesOfHex("aabb"), name: "a" });
    image[4] = 0xcc;
    expect(values.xstate).toEqual(bytesOfHex("ccbb"));
  });

  test("a view that does not begin at its buffer's start reads the same", () => {
    const t = payload({ n: u16(""), rest: bytes("rest", "") });
    const image = bytesOfHex("ee ee 01 00 aa bb").subarray(2);
    expect(decodeTable(t, image, "little")).toEqual({ n: 1, rest: bytesOfHex("aabb") });
  });

  test("encoding at an offset leaves what stands before and after", () => {
    const t = payload({ n: u16(""), name: text(3, "") });
    const image = bytesOfHex("ee ee ff ff ff ff ff ee");
    t.at("big").encode(new DataView(image.buffer), 2, { n: 1, name: "a" });
    expect(image).toEqual(bytesOfHex("ee ee 00 01 61 00 00 ee"));
  });
});

describe("a value that does not fit its field", () => {
  const refused = <S extends Shape>(fields: S, value: unknown) => {
    const t = payload(fields);
    const [name] = Object.keys(fields) as [string];
    try {
      encodeTable(t, { [name]: value } as never, "little", Math.max(t.size, 2));
    } catch (error) {
      if (!(error instanceof CrimgError)) throw error;
      return { code: error.code, message: error.message };
    }
    return undefined;
  };
  const tooFar = (name: string) => ({
    code: "out-of-range",
    message: expect.stringContaining(`VMA.${name} `),
  });

  test.each([
    ["u8", u8(""), [-1, 256, 1.5, Number.NaN, "1", undefined, null]],
    ["u16", u16(""), [-1, 0x10000, Number.POSITIVE_INFINITY]],
    ["u32", u32(""), [-1, 2 ** 32, 0.5]],
    ["s16", s16(""), [-32769, 32768, 0.5]],
    ["s32", s32(""), [-(2 ** 31) - 1, 2 ** 31, "7"]],
    ["u64", u64(""), [-1n, 2n ** 64n, 1, "1", undefined]],
    ["pad", pad(2), [-1, 0x10000]],
  ])("%s throws out-of-range and names table and field", (_, field, values) => {
    for (const value of values) expect(refused({ vm_flags: field }, value)).toEqual(tooFar("vm_flags"));
  });

  test("the message says the value and the kind", () => {
    expect(refused({ vm_type: u16("") }, 70000)?.message).toBe("VMA.vm_type is a u16, 70000 does not fit");
    expect(refused({ vm_start: u64("") }, -5n)?.message).toBe("VMA.vm_start is a u64, -5n does not fit");
  });

  test("bytes and text that are too long throw out-of-range, counted in bytes", () => {
    expect(refused({ xstate: bytes(2, "") }, new Uint8Array(3))).toEqual(tooFar("xstate"));
    expect(refused({ release: text(3, "") }, "éé")?.message).toBe(
      "VMA.release takes at most 3 bytes, 4 given",
    );
    expect(refused({ fname: text("rest", "") }, "abc")).toEqual(tooFar("fname"));
    expect(refused({ xstate: bytes(2, "") }, 7)).toEqual(tooFar("xstate"));
  });

  test("an element of an array is named by its index", () => {
    expect(refused({ ids: array(u8(""), 2, "") }, [1, 256])).toEqual(tooFar("ids[1]"));
    expect(refused({ ids: array(u8(""), 2, "") }, [1])).toEqual(tooFar("ids"));
  });

  test("an array of more elements than the field has throws out-of-range, too", () => {
    expect(refused({ ids: array(u8(""), 2, "") }, [1, 2, 3])).toEqual(tooFar("ids"));
  });

  test("a bigint for a field of 32 bits and less throws out-of-range, too", () => {
    expect(refused({ map_count: u32("") }, 7n)).toEqual(tooFar("map_count"));
  });

  test("the extremes fit", () => {
    expect(refused({ a: s16("") }, -32768)).toBeUndefined();
    expect(refused({ a: u32("") }, 2 ** 32 - 1)).toBeUndefined();
    expect(refused({ a: u64("") }, 2n ** 64n - 1n)).toBeUndefined();
  });
});
