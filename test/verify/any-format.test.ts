import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.js";
import { rule } from "../../src/finding.js";
import type { Format } from "../../src/formats/format.js";
import { formats as known } from "../../src/formats/registry.js";
import type { VerifyFacet } from "../../src/formats/verify-facet.js";
import { bytesSource } from "../../src/source/source.js";
import { buildImage } from "../../src/stream/build-image.js";
import { loadVerifyFacets } from "../../src/verify/facets.js";
import { reportJson } from "../../src/verify/report/json.js";
import { rulesOf } from "../../src/verify/rules.js";
import { verifySchemas } from "../../src/verify/schemas.js";
import { type VerifyOptions, type VerifyReport, verifySync } from "../../src/verify/verify.js";
import { toy, toy1 } from "../formats/toy.js";
import { sample } from "../image/samples.js";
import { concat } from "../image/splice.js";
import { rules } from "./verifier.js";

const boxOf = (pages: number, shelves = 1) =>
  buildImage(toy1, [
    { name: "BOX", fields: { magic: 0x546f7973, owners: 1 } },
    { name: "OWNER", fields: { pid: 7, shelves, name: "Ann" } },
    { name: "SHELF", fields: { from: 0x1000, pages } },
    { bytes: new Uint8Array(16 * pages) },
    { name: "NOTE", fields: { note: Uint8Array.of(1) } },
    { name: "LID", fields: { sum: 0 } },
  ]);

async function verified(format: Format, bytes: Uint8Array, options: VerifyOptions = {}) {
  const formats = [...known, format];
  const findings: Finding[] = [];
  const verification = verifySync(bytesSource(bytes), formats, await loadVerifyFacets(formats), options);
  for (let step = verification.next(); ; step = verification.next()) {
    if (step.done) return { findings, report: step.value as VerifyReport };
    findings.push(step.value);
  }
}
const said = (findings: readonly Finding[]) => findings.map(finding => [finding.rule, finding.path]);

describe("a format that brings nothing to verify", () => {
  it("is held against its grammar and its tables all the same", async () => {
    const { findings, report } = await verified(toy, boxOf(65, 2));
    expect(said(findings)).toEqual([
      ["field-value", "owner[0].shelf[0]"],
      ["count", "owner[0]"],
    ]);
    expect(findings[0]).toMatchObject({ message: "pages is 65, expected at most 64", offset: 0x24 + 6 + 4 });
    expect(report).toEqual({
      dialect: "toy-1",
      counts: { error: 2, warning: 0, note: 0 },
      verdict: undefined,
    });
    expect(reportJson("box", findings, report)).not.toHaveProperty("verdict");
  });

  it("gets the answer of a kernel that is asked for, which cannot read it", async () => {
    const { report } = await verified(toy, boxOf(1), { series: "v6" });
    expect(report.verdict).toMatchObject({ series: "v6", returns: -22, position: 8 });
  });

  it("has rules in general words; those of a format that has words for them stay as they are", async () => {
    expect(rulesOf(await loadVerifyFacets([...known, toy]))).toEqual(rules);
    const general = rulesOf(await loadVerifyFacets([toy]));
    expect(general.map(({ id }) => id)).toContain("field-value");
    expect(JSON.stringify(general)).not.toMatch(/kernel|restart|v[0-9]/);
  });

  it("makes the verdict of a report optional, and is in the schema", async () => {
    const formats = [...known, toy];
    const schemas = verifySchemas(formats, await loadVerifyFacets(formats));
    const { required, properties } = schemas["verify-image.schema.json"] as {
      required: string[];
      properties: { dialect: { enum: unknown[] } };
    };
    expect(required).not.toContain("verdict");
    expect(properties.dialect.enum).toContain("toy-1");
  });
});

describe("a format that brings judges and a restart", () => {
  const heavy = rule("heavy-shelf", {
    group: "sense",
    severity: "warning",
    title: "A shelf with much on it",
    why: "It bends.",
    source: "a test",
  });
  const facet: VerifyFacet = {
    rules: [heavy],
    judges: ({ say, series }) => [
      {
        wants: ["SHELF"],
        add(item) {
          const pages = item.kind === "record" && Number(item.fields["pages"]);
          if (pages && pages > 2) say(heavy, item, `${pages} pages are too many for ${series()}`);
        },
      },
    ],
    restart: {
      series: ["one", "two"],
      *run(series, window, { start = 0 }) {
        while (!window.holds(start, 20)) {
          window.want(start, 20);
          yield window;
        }
        const position = start + window.available(start);
        const answer = { series, call: "unpack", returns: 0, errno: undefined, waits: false };
        return { ...answer, position, visible: true, depends: [] };
      },
    },
  };
  const brave: Format = { ...toy, facets: { verify: async () => facet } };

  it("has its findings among the engine's, its verdict, and its rules in the list", async () => {
    const bytes = boxOf(65);
    const { findings, report } = await verified(brave, bytes);
    expect(said(findings)).toEqual([
      ["field-value", "owner[0].shelf[0]"],
      ["heavy-shelf", "owner[0].shelf[0]"],
    ]);
    expect(findings[1]!.message).toBe("65 pages are too many for two");
    expect(report.verdict).toMatchObject({ series: "two", call: "unpack", position: bytes.length });
    expect(rulesOf(await loadVerifyFacets([...known, brave]))).toEqual([...rules, heavy]);
  });

  it("is judged by them beside images of another format, in one file", async () => {
    const { findings, report } = await verified(brave, concat(sample("v6-tls1").bytes, boxOf(3)));
    expect(said(findings)).toEqual([["heavy-shelf", "image[1].owner[0].shelf[0]"]]);
    expect(report).toMatchObject({ dialect: "cr-2", verdict: { series: "v8", returns: 0 } });
  });

  it("answers for a series that is asked for, and no other", async () => {
    const { findings, report } = await verified(brave, boxOf(3), { series: "one" });
    expect(findings.map(({ message }) => message)).toEqual(["3 pages are too many for one"]);
    expect(report.verdict).toMatchObject({ series: "one" });
    await expect(verified(brave, boxOf(3), { series: "three" })).rejects.toThrow(
      /no series "three"; there are v5p2, .*, v13, one, two/,
    );
  });
});
