import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/formats/verify-facet.js";
import {
  countText,
  findingLine,
  type ReportStyle,
  reportLines,
  verdictLines,
} from "../../src/verify/report/human.js";
import { reportJson } from "../../src/verify/report/json.js";
import { rulesText } from "../../src/verify/report/rules-view.js";
import { sample } from "../image/samples.js";
import { refusedTask } from "./damaged-images.js";
import { reportOf } from "./report-of.js";
import { rules } from "./verifier.js";

const plain: ReportStyle = { severity: (_, text) => text, dim: text => text, good: text => text };
const marked: ReportStyle = {
  severity: (severity, text) => `<${severity}>${text}</>`,
  dim: text => `<dim>${text}</>`,
  good: text => `<good>${text}</>`,
};

const base: Verdict = {
  series: "v6",
  call: "sys_restart",
  returns: -22,
  errno: "EINVAL",
  waits: false,
  position: 232,
  visible: true,
  depends: [],
};
const none = { error: 0, warning: 0, note: 0 };

function sentences(verdict: Partial<Verdict>, style = plain): string[] {
  return verdictLines({ dialect: "cr-2", counts: none, verdict: { ...base, ...verdict } }, style).map(line =>
    line.trim(),
  );
}

describe("the verdict is a sentence", () => {
  it.each<[string, Partial<Verdict>]>([
    ["v6's sys_restart would return -22 (EINVAL) at byte 232, visible to the caller", {}],
    [
      "v6's sys_restart would return -2 (ENOENT) at byte 466, not visible to the caller: its memory is gone by then",
      { returns: -2, errno: "ENOENT", position: 466, visible: false },
    ],
    [
      "v6's sys_restart would return 0 at byte 900: every check passed",
      { returns: 0, errno: undefined, position: 900, visible: false },
    ],
    [
      "v6's sys_restart would return 0 at byte 304, visible to the caller",
      { returns: 0, errno: undefined, position: 304 },
    ],
    [
      "v6's sys_restart would wait for ever at byte 344, and return -512 (ERESTARTSYS) when killed",
      { returns: -512, errno: "ERESTARTSYS", waits: true, position: 344, visible: false },
    ],
    // A negative parent comes back as it stands, whatever it is.
    [
      "v6's sys_restart would return -77777 at byte 8, visible to the caller",
      { returns: -77777, errno: undefined, position: 8 },
    ],
  ])("%s", (sentence, verdict) => {
    expect(sentences(verdict)).toEqual([sentence, "no errors, no warnings, no notes"]);
  });

  it("and there is none where no restart is known", () => {
    const report = { dialect: "toy-1", counts: none, verdict: undefined };
    expect(verdictLines(report, plain)).toEqual(["  no errors, no warnings, no notes"]);
    expect(reportJson("a.toy", [], report)).toEqual({
      image: "a.toy",
      dialect: "toy-1",
      findings: [],
      counts: none,
    });
  });

  it("and says what else decides", () => {
    expect(sentences({ depends: ["the files it names", "the weather"] })).toContain(
      "depends on: the files it names; the weather",
    );
  });

  it("in red for an error, in green for success", () => {
    expect(sentences({}, marked)[0]).toMatch(/^<error>.*<\/>$/);
    expect(sentences({ returns: 0 }, marked)[0]).toMatch(/^<good>.*<\/>$/);
  });
});

describe("the fates of several tasks", () => {
  it("are told where not all are restored", () => {
    const { report } = reportOf(refusedTask());
    expect(verdictLines(report, plain)[1]).toMatch(
      /^ {2}tasks: [0-9]+, [0-9]+ and [0-9]+ wait for ever, [0-9]+ is restored, [0-9]+ gets -22 \(EINVAL\)$/,
    );
    expect(verdictLines(reportOf(sample("v13-tree").bytes).report, plain).join()).not.toContain("tasks:");
  });

  it("are few words for many tasks", () => {
    const tasks = Array.from({ length: 100_000 }, (_, i) => ({ pid: i + 1, fate: "waits" as const }));
    expect(sentences({ tasks })).toContain("tasks: 1, 2, 3, 4, 5, 6, 7, 8 and 99992 more wait for ever");
    expect(sentences({ tasks: tasks.slice(0, 2) })).toContain("tasks: 1 and 2 wait for ever");
    expect(sentences({ tasks: tasks.slice(0, 1) })).toContain("tasks: 1 waits for ever");
  });
});

describe("a finding is a line", () => {
  const finding = {
    rule: "fname-nul",
    severity: "warning" as const,
    offset: 0x123,
    path: "task[0].fname",
    message: "a name with \x1b[31m and\na new line",
  };

  it("whatever its text is", () => {
    const line = findingLine(finding, plain);
    expect(line).toBe(
      "  warning  fname-nul  a name with \\x1b[31m and\\na new line (task[0].fname at 0x123)",
    );
    expect(findingLine({ ...finding, hint: "crimg convert --repair" }, marked)).toBe(
      "  <warning>warning</>  fname-nul  a name with \\x1b[31m and\\na new line " +
        "(<dim>task[0].fname at 0x123</>) <dim>[crimg convert --repair]</>",
    );
  });

  it("its columns are as wide as the image needs", () => {
    const { report } = reportOf(sample("v6-tiny").bytes);
    const lines = reportLines("a\nb", [finding, { ...finding, rule: "fd" }], report, plain, 7);
    expect(lines[0]).toBe("a\\nb (cr-2)");
    expect(lines[1]).toContain("  fname-nul  a name");
    expect(lines[2]).toContain("  fd         a name");
    expect(lines[3]).toBe("  7 more not shown: see --max");
  });
});

it("counts are numbers with their plural", () => {
  expect(countText({ error: 2, warning: 1, note: 0 })).toBe("2 errors, 1 warning, no notes");
  expect(countText({ error: 1, warning: 0, note: 12 })).toBe("1 error, no warnings, 12 notes");
});

it("the rules are listed by group, each with why and source", () => {
  const text = rulesText(rules);
  expect(text.filter(line => /^\w/.test(line)).map(line => line.replace(/:.*/, ""))).toEqual([
    "structure",
    "references",
    "sense",
  ]);
  for (const { id, severity, title, why, source } of rules) {
    const at = text.findIndex(line => line.startsWith(`  ${id} `));
    expect(text[at]).toMatch(new RegExp(`^  ${id} +${severity} +`));
    expect(text[at]).toContain(title);
    expect(text.slice(at + 1, at + 3)).toEqual([`      ${why}`, `      source: ${source}`]);
  }
});
