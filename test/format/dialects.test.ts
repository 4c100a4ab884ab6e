import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeTable } from "../../src/codec/table.js";
import { CrimgError } from "../../src/errors.js";
import { cr2 } from "../../src/formats/cr/cr-2.js";
import { dialectNamed, dialects } from "../../src/formats/cr/dialects.js";
import { i386 } from "../../src/formats/cr/framing.js";
import { header, type RecordName } from "../../src/formats/cr/records.js";
import { encodeRecord } from "../../src/stream/encode-record.js";
import { arbitraryValues } from "../codec/arbitrary-values.js";

const same = { HEAD: 1, MM: 201, VMA: 202, PGARR: 203, MM_CONTEXT: 204, TAIL: 5001 };
const files = { FILES: 301, FD_ENT: 302, FD_DATA: 303 };
const oneTask = { STRING: 2, FNAME: 3, TASK: 101, THREAD: 102, CPU: 103 };
const manyTasks = { HEAD_ARCH: 2, TREE: 101, TASK: 102, THREAD: 103, CPU: 104 };

describe("record numbers", () => {
  test.each([
    ["cr-1", 1, { ...same, ...oneTask }],
    ["cr-2", 2, { ...same, ...oneTask, ...files }],
    ["cr-3a", 3, { ...same, ...manyTasks, ...files, STRING: 3, FNAME: 4 }],
    ["cr-3b", 3, { ...same, ...manyTasks, ...files, BUFFER: 3, STRING: 4, FNAME: 5 }],
  ])("%s, rev %i", (name, rev, numbers) => {
    const dialect = dialectNamed(name);
    expect(dialect.rev).toBe(rev);
    expect(dialect.types).toEqual(numbers);
    for (const [record, type] of Object.entries(numbers)) {
      expect(dialect.byType(type)?.name).toBe(record);
      expect(dialect.byName(record)?.type).toBe(type);
    }
  });

  test("numbers and names a dialect does not have are of no record", () => {
    expect(cr2.byType(104)).toBeUndefined();
    expect(cr2.byType(0)).toBeUndefined();
    expect(cr2.byName("TREE")).toBeUndefined();
    expect(cr2.byName("toString")).toBeUndefined();
  });

  test.each(dialects.map(dialect => [dialect.name, dialect] as const))(
    "%s: a table for each record",
    (_, dialect) => {
      expect(Object.keys(dialect.types).filter(name => !dialect.byName(name)?.tables.length)).toEqual([]);
    },
  );
});

describe("dialects by name", () => {
  test("oldest first", () => {
    expect(dialects.map(({ name }) => name)).toEqual(["cr-1", "cr-2", "cr-3a", "cr-3b"]);
  });

  test("an unknown name is a usage error that lists the known ones", () => {
    expect(() => dialectNamed("cr-4")).toThrow(CrimgError);
    expect(() => dialectNamed("cr-4")).toThrow('no dialect "cr-4"; there are cr-1, cr-2, cr-3a, cr-3b');
  });
});

describe("the table of a CPU payload", () => {
  test.each([
    [784, 784],
    [896, 896],
    // Cut or longer: the longest layout that fits, so that all it has is read.
    [900, 896],
    [800, 784],
    [100, 784],
  ])("of %i bytes has %i", (length, size) => {
    expect(cr2.byName("CPU")?.tableFor(length).size).toBe(size);
  });
});

describe("next()", () => {
  const big = cr2.next("cr-2-big", { abi: { ...i386, order: "big" } });

  test("keeps what it does not change", () => {
    const { name: _, automaton, abi, ...kept } = cr2;
    expect(abi.order).toBe("little");
    expect(big.abi.order).toBe("big");
    expect(big.name).toBe("cr-2-big");
    for (const part of [
      "doc",
      "rev",
      "series",
      "framing",
      "begins",
      "ends",
      "types",
      "tables",
      "image",
    ] as const) {
      expect(big[part]).toBe(kept[part]);
    }
    expect(big.automaton.places.length).toBe(automaton.places.length);
  });

  test("leaves the dialect it comes from alone", () => {
    const changed = cr2.next("other", { rev: 9, types: { ...cr2.types, VMA: 999 } });
    expect(changed.byName("VMA")?.type).toBe(999);
    expect(changed.byType(202)).toBeUndefined();
    expect(cr2.byName("VMA")?.type).toBe(202);
    expect(cr2.rev).toBe(2);
  });

  const payloads = Object.keys(big.types).flatMap(name =>
    big.byName(name)!.tables.map(table => [name as RecordName, table.size, table] as const),
  );

  test.each(payloads)("a big-endian %s (%i bytes) comes back, header and all", (name, _, table) => {
    fc.assert(
      fc.property(arbitraryValues(table), fc.nat(0xffffffff), (values, parent) => {
        const bytes = encodeRecord(big, name, values, { header: { parent } });
        const payload = bytes.subarray(header.size);
        expect(decodeTable(header, bytes.subarray(0, header.size), "big")).toEqual({
          type: cr2.types[name],
          len: payload.length,
          parent,
        });
        expect(big.byName(name)!.tableFor(payload.length)).toBe(table);
        const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
        expect(table.decode(view, 0, payload.length)).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });

  test("a TASK in both orders, byte for byte", () => {
    const task = { state: 1, exit_state: 0, exit_code: 0, exit_signal: 17, task_comm_len: 16, _pad: 0 };
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    expect(hex(encodeRecord(cr2, "TASK", task))).toBe(
      "65001800 00000000 01000000 00000000 00000000 11000000 10000000 00000000".replaceAll(" ", ""),
    );
    expect(hex(encodeRecord(big, "TASK", task))).toBe(
      "00650018 00000000 00000001 00000000 00000000 00000011 00000010 00000000".replaceAll(" ", ""),
    );
  });
});
