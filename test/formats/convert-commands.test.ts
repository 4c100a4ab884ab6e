import { expect, test } from "vitest";
import { loadConvertFacets } from "../../src/convert/facets.js";
import { convertCommands } from "../../src/formats/convert-commands.js";
import { formats } from "../../src/formats/registry.js";

test("help lists what every format of the registry adds to convert", async () => {
  const facets = await loadConvertFacets(formats);
  expect(convertCommands).toEqual([...facets.values()].map(({ command }) => command));
});

test("no two formats declare an option of one name", () => {
  const flags = convertCommands.flatMap(({ options }) => options.map(({ flag }) => flag));
  expect([...new Set(flags)]).toEqual(flags);
});
