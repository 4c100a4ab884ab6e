import type { Table } from "../../src/codec/table.js";
import * as records from "../../src/formats/cr/records.js";

/** Every table that the 2008 format exports, by its export's name. */
export const tables: readonly (readonly [name: string, table: Table])[] = Object.entries(records).flatMap(
  ([name, value]) =>
    typeof value === "object" && "layout" in value ? [[name, value as Table] as const] : [],
);
