import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { samples } from "../format/samples.js";
import { oneIn } from "../share.js";
import { convertBytes } from "./converter.js";

test.each(
  oneIn(
    2,
    samples.filter(({ name }) => /tree|tiny|fpu/.test(name)),
  ),
)(
  "Converting $dialect/$name leaves the bytes it is given as they are, a Buffer's too",
  ({ dialect, name }) => {
    const given = readFileSync(new URL(`../../samples/${dialect}/${name}`, import.meta.url));
    const before = new Uint8Array(given);
    for (const to of ["cr-1", "cr-2", "cr-3a", "cr-3b"]) {
      try {
        convertBytes(given, { to, zeroUndefined: true });
      } catch (error) {
        expect(error).toMatchObject({ code: "refused" });
      }
    }
    expect(new Uint8Array(given)).toEqual(before);
  },
);
