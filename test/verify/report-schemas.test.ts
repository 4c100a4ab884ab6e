import { describe, expect, it } from "vitest";
import { reportJson } from "../../src/verify/report/json.js";
import { schemaCheck } from "../dump/schema-check.js";
import { chunk4196, samples } from "../image/samples.js";
import { givenToKernels, oneARule, refusedTask } from "./damaged-images.js";
import { reportOf } from "./report-of.js";
import { rules } from "./verifier.js";

/** As it comes out of the file: without what JSON leaves out. */
function printed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("the report of an image is as its schema says", () => {
  const check = schemaCheck("verify-image.schema.json");
  const checkOne = (name: string, bytes: Uint8Array, series?: string) => {
    const { findings, report } = reportOf(bytes, series === undefined ? {} : { series });
    check(printed(reportJson(name, findings, report)), name);
    return report;
  };

  it.each([...samples, { name: "chunk4196", bytes: chunk4196() }])("$name", ({ name, bytes }) => {
    expect(checkOne(name, bytes).verdict!.position).toBeGreaterThan(0);
  });

  it("for each rule, where it speaks", () => {
    for (const { name, bytes } of oneARule) checkOne(name, bytes);
    expect(oneARule).toHaveLength(rules.length);
  });

  it("for each image that a kernel was given, and for another series too", () => {
    const images = givenToKernels();
    expect(images.length).toBeGreaterThan(100);
    for (const { name, bytes } of images) {
      checkOne(name, bytes);
      checkOne(name, bytes, "v9");
    }
  });

  it("with the fates of several tasks", () => {
    const fates = checkOne("refused", refusedTask()).verdict!.tasks?.map(({ fate }) => fate);
    expect(fates).toEqual(["waits", "restored", "refused", "waits", "waits"]);
  });

  it("in a list, too", () => {
    const list = samples.map(({ name, bytes }) => {
      const { findings, report } = reportOf(bytes);
      return reportJson(name, findings, report);
    });
    schemaCheck("verify.schema.json")(printed(list), "all samples");
    expect(list.map(({ image }) => image)).toEqual(samples.map(({ name }) => name));
  });

  it("and what is not so is refused", () => {
    const { findings, report } = reportOf(samples[0]!.bytes);
    const wrong = { ...reportJson("a", findings, report), dialect: "cr-9" };
    expect(() => check(printed(wrong), "cr-9")).toThrow(/dialect/);
  });
});

it("the list of rules is as its schema says", () => {
  const list = printed(rules);
  schemaCheck("rules.schema.json")(list, "--rules --json");
  expect(list).toHaveLength(rules.length);
});
