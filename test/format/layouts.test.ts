import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { BoundTable, Table } from "../../src/codec/table.js";
import { dialectNamed } from "../../src/formats/cr/dialects.js";
import { header } from "../../src/formats/cr/records.js";
import type { Dialect } from "../../src/stream/dialect.js";
import { tables } from "../codec/tables.js";

/** What gcc made of the kernel's structs: [name, C type, offset, size] of every member. */
interface Compiled {
  readonly sizeof: number;
  readonly fields: readonly (readonly [name: string, ctype: string, offset: number, size: number])[];
}
type Structs = Record<string, { readonly i386: Compiled; readonly "x86-64": Compiled }>;

const layouts: Record<string, { readonly structs: Structs }> = JSON.parse(
  readFileSync(new URL("../fixtures/cr-layouts.json", import.meta.url), "utf8"),
);
const v6 = "v6/v7/v8 (2.6.27 base)";
const v6On28 = "v6 (Dave Hansen repost 2008-10-16, and any 2.6.28 base)";
const filesStructs = ["cr_hdr_files", "cr_hdr_fd_ent", "cr_hdr_fd_data"];

/** The compiled structs of some series, without those that the dialect is known not to have. */
function structsOf(series: readonly string[], without: readonly string[] = []) {
  return series
    .flatMap(key => Object.entries(layouts[key]!.structs))
    .filter(([struct]) => struct.startsWith("cr_hdr") && !without.includes(struct));
}

/** The tables of a dialect that stand for a struct of the format: of its records, its raw blocks and the header. */
function tablesOf(dialect: Dialect): (Table | BoundTable)[] {
  const records = Object.keys(dialect.types).map(name => dialect.byName(name)!);
  const raw = records.flatMap(({ raw }) => raw.flatMap(({ element }) => element ?? []));
  return [header, ...records.flatMap(({ tables }) => tables), ...raw].filter(({ struct }) =>
    struct.startsWith("cr_hdr"),
  );
}

const asCompiled = (table: Table | BoundTable): Compiled => ({
  sizeof: table.size,
  // gcc does not list the padding it puts in; we do, to write it back.
  fields: table.layout
    .filter(({ ctype }) => ctype !== "pad")
    .map(({ name, ctype, offset, size }) => [name, ctype, offset, size] as const),
});

/** Without the alignment of the struct, which no byte of an image depends on. */
const membersOf = ({ sizeof, fields }: Compiled): Compiled => ({ sizeof, fields });

const bySizes = (a: Compiled, b: Compiled) => a.sizeof - b.sizeof;

/** dialect, the series that together have its structs, structs that those series have and the dialect does not */
const covered: readonly (readonly [
  dialect: string,
  series: readonly string[],
  without: readonly string[],
])[] = [
  ["cr-1", [v6, v6On28], filesStructs],
  ["cr-2", [v6, v6On28], []],
  ["cr-3a", ["v9"], []],
  ["cr-3b", ["v10"], []],
  ["cr-3b", ["v11"], []],
  ["cr-3b", ["v12"], []],
  ["cr-3b", ["v13"], []],
];

describe.each(["i386", "x86-64"] as const)("compiled for %s", abi => {
  describe.each(covered)("%s against %j", (name, series, without) => {
    const structs = structsOf(series, without);
    const ours = tablesOf(dialectNamed(name));
    const names = [...new Set(structs.map(([struct]) => struct))].sort();

    test("no struct is missing on either side", () => {
      expect([...new Set(ours.map(({ struct }) => struct))].sort()).toEqual(names);
    });

    test.each(names)("%s: size, and name, C type, offset and size of each member", struct => {
      const compiled = structs
        .filter(([candidate]) => candidate === struct)
        .map(([, abis]) => membersOf(abis[abi]));
      const declared = ours.filter(table => table.struct === struct).map(asCompiled);
      expect(declared.sort(bySizes)).toEqual(compiled.sort(bySizes));
    });
  });

  // v5 is known up to patch 2/8: it has some of the structs that cr-1 has.
  test.each(structsOf(["v5"]))("cr-1 against v5: %s", (struct, abis) => {
    const declared = tablesOf(dialectNamed("cr-1")).filter(table => table.struct === struct);
    expect(declared.map(asCompiled)).toEqual([membersOf(abis[abi])]);
  });
});

test("every table of a cr_hdr struct is used by a dialect", () => {
  const dialects = ["cr-1", "cr-2", "cr-3a", "cr-3b"].map(dialectNamed);
  const used = new Set(dialects.flatMap(tablesOf).map(({ fields }) => fields));
  const declared = tables.filter(([, { struct }]) => struct.startsWith("cr_hdr"));
  expect(declared.filter(([, { fields }]) => !used.has(fields)).map(([name]) => name)).toEqual([]);
});

test("the CPU of a 2.6.28 base has 896 bytes, 48 of them before the aligned union", () => {
  const [cpu] = tablesOf(dialectNamed("cr-2")).filter(
    ({ struct, size }) => struct === "cr_hdr_cpu" && size > 784,
  );
  expect(cpu?.size).toBe(896);
  expect(cpu?.layout.find(({ name }) => name === "xstate")?.offset).toBe(320);
});
