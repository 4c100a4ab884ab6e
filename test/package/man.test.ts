import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.js";

const page = readFileSync(new URL("../../man/crimg.1", import.meta.url), "utf8");

describe("the manual page", () => {
  test("is what the commands' tables make (npm run man writes it anew)", async () => {
    const { currentPage } = await import("../../man/page.js");
    expect(page).toBe(await currentPage());
  });

  test.each(commands.map(({ command, describe }) => [command.split(" ")[0]!, describe]))(
    "has a section on %s",
    (name, about) => {
      const start = page.indexOf(`.SS crimg ${name}`);
      expect(start).toBeGreaterThan(0);
      expect(page.slice(start, page.indexOf(".SS", start + 1)).replaceAll("\\", "")).toContain(about);
    },
  );

  test("has no line that man would take for a request, but is text", () => {
    const requests = page.split("\n").filter(line => /^[.']/.test(line));
    const known = /^\.(TH|SH|SS|TP|PP|B|I|br|nf|fi|RS|RE)( |$)/;
    expect(requests.filter(line => !known.test(line))).toEqual([]);
  });
});
