import { expect, test } from "vitest";
import { findingLine } from "../../src/verify/report/human.js";
import { sarifLog } from "../../src/verify/report/sarif.js";
import { bytesOf, saidOf } from "./patched.js";
import { reportOf } from "./report-of.js";
import { rules } from "./verifier.js";

/** v6-files with the name of its deleted file written over: what a terminal would act upon, and a byte that is no UTF-8. */
function withActingName() {
  const intact = bytesOf("v6-files");
  const { offset } = saidOf({ bytes: intact, offset: 0, path: "" }, "FNAME", "fname", 11);
  const bytes = Uint8Array.from(intact);
  // "/t/gone.txt (deleted)"
  bytes.set([0x1b, 0x5b, 0x32, 0x4a, 0x0d, 0x0a, 0x07, 0xff], offset + 3);
  const { findings, report } = reportOf(bytes);
  return { report, findings, finding: findings.find(({ rule }) => rule === "deleted-file")! };
}

test("a name is in a finding as it is in the image: JSON shows it exactly", () => {
  expect(withActingName().finding.message).toContain('"/t/\x1b[2J\r\n\x07\udcff (deleted)"');
});

test("where people read it, it is escaped, and once", () => {
  const { report, findings, finding } = withActingName();
  const style = { severity: (_: unknown, text: string) => text, dim: (text: string) => text, good: String };
  const escaped = String.raw`"/t/\x1b[2J\r\n\x07\xff (deleted)"`;
  expect(findingLine(finding, style)).toContain(escaped);
  const log = JSON.stringify(sarifLog("1.2.3", rules, [{ image: "a.img", findings, report }], []));
  expect(log).toContain(JSON.stringify(escaped).slice(1, -1));
});
