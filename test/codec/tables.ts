import type { Table } from "../../src/codec/table.js";
import * as records from "../../src/formats/cr/records.js";
import * as x86 from "../../src/formats/x86/tables.js";

/** Every table that the records of 2008 and the CPU are declared with, by its export's name. */
export const tables: readonly (readonly [name: string, table: Table])[] = Object.entries({
  ...records,
  ...x86,
}).flatMap(([name, value]) =>
  typeof value === "object" && "layout" in value ? [[name, value as Table] as const] : [],
);
