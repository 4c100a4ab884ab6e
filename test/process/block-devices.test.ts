import { closeSync, ftruncateSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { sizeByReading } from "../../src/source/file-source.js";
import { workplaces } from "../cli/workplace.js";

const place = workplaces()();

// No test can make a disk without being root; a file can be asked the same way.
test.each([0, 1, 2, 3, 4, 5, 511, 512, 513, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 5 * 2 ** 40 + 7])(
  "%i bytes are found by reading few",
  size => {
    const fd = openSync(place.path(String(size)), "wx+");
    ftruncateSync(fd, size);
    expect(sizeByReading(fd)).toBe(size);
    closeSync(fd);
  },
);
