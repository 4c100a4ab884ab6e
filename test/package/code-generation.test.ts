import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { projectRoot } from "../project-root.js";

const forbidden = "--disallow-code-generation-from-strings";

/** What the built library makes of a sample, printed by a process whose node has these flags. */
function madeBy(...flags: string[]): Record<string, unknown> {
  const program = `
    import { readFileSync } from "node:fs";
    import { decodeLines, openImage } from "./dist/index.js";

    const mayGenerateCode = (() => { try { return new Function("return true")(); } catch { return false; } })();
    const bytes = readFileSync("samples/cr-2/v8-fpu.img");
    const opened = await openImage(bytes);
    const views = {};
    for (const view of ["tree", "hex", "json", "jsonl"]) {
      views[view] = "";
      await opened.dump(piece => { views[view] += piece; }, { view });
    }
    const lines = [];
    for await (const line of decodeLines(opened)) lines.push(line);
    const parts = [];
    const report = await opened.convert({ to: "cr-3b" }, { write: part => void parts.push(part.slice()) });
    const image = Buffer.concat(parts).toString("base64");
    console.log(JSON.stringify({ mayGenerateCode, views, lines, image, report }));`;
  const node = [...flags, "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, node, { cwd: projectRoot, encoding: "utf8" }));
}

test("where code may not be made from text, as in a page with a Content-Security-Policy, images read the same", () => {
  const { mayGenerateCode: may, ...ordinary } = madeBy();
  const { mayGenerateCode: mayNot, ...interpreted } = madeBy(forbidden);
  expect([may, mayNot]).toEqual([true, false]);
  expect(interpreted).toEqual(ordinary);
  expect(interpreted["views"]).toMatchObject({ tree: expect.stringContaining("dialect cr-2 (rev 2)") });
});

test("the command dumps there, too", () => {
  const args = ["bin/crimg.js", "dump", "samples/cr-2/v8-fpu.img", "--json"];
  const dumped = (...flags: string[]) =>
    execFileSync(process.execPath, [...flags, ...args], { cwd: projectRoot, encoding: "utf8" });
  expect(JSON.parse(dumped(forbidden))).toEqual(JSON.parse(dumped()));
});

test("only lines cannot be read, and the command says why", () => {
  const lines = execFileSync(process.execPath, ["bin/crimg.js", "decode", "samples/cr-2/v8-fpu.img"], {
    cwd: projectRoot,
  });
  const args = [forbidden, "bin/crimg.js", "encode", "-", "-o", "-"];
  const ran = spawnSync(process.execPath, args, { cwd: projectRoot, input: lines, encoding: "utf8" });
  expect(ran).toMatchObject({ status: 2, stdout: "" });
  expect(ran.stderr).toMatch(/^crimg: .*lines cannot be checked here: ajv generates code from text.*\n$/);
});
