import { expect, test } from "vitest";
import { dialects } from "../../src/formats/cr/dialects.js";
import { bytesSource } from "../../src/source/source.js";
import { walkSync } from "../engines.js";

test.each(dialects.map(dialect => [dialect.name, dialect] as const))(
  "An input too short for a record header is no image, even if it is to be taken for one of %s",
  (_, dialect) => {
    for (let length = 0; length < 8; length++) {
      const source = bytesSource(new Uint8Array(length));
      expect(() => [...walkSync(source, { dialect })]).toThrow(
        expect.objectContaining({ code: "not-an-image" }),
      );
    }
  },
);
