import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { sarifLog, type Unread, type Verified } from "../../src/verify/report/sarif.js";
import { samples } from "../image/samples.js";
import { givenToKernels, oneARule } from "./damaged-images.js";
import { reportOf } from "./report-of.js";
import { rules } from "./verifier.js";

/** The parts of a log that are looked at here. */
interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { id: string }[] } };
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean;
          readonly toolExecutionNotifications?: readonly {
            readonly message: { readonly text: string };
            readonly locations: readonly Place[];
          }[];
        },
      ];
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly [
          Place & { readonly logicalLocations: readonly { fullyQualifiedName: string }[] },
        ];
      }[];
    },
  ];
}

interface Place {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: { readonly byteOffset: number };
  };
}

const check = sarifCheck();

/** The official schema is one of draft 4, which differs in two keywords that Ajv would stumble over. */
function sarifCheck(): (value: unknown) => void {
  const file = new URL("../fixtures/sarif/sarif-2.1.0.schema.json", import.meta.url);
  const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(file, "utf8"));
  // One of its patterns is none that Unicode mode takes.
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  // RFC 3986: nothing but its characters, and % only before two hex digits.
  const reference = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
  ajv.addFormat("uri-reference", text => reference.test(text) && URL.canParse(text, "file:///"));
  ajv.addFormat("uri", text => reference.test(text) && URL.canParse(text));
  ajv.addFormat("date-time", text => !Number.isNaN(Date.parse(text)));
  const validate = ajv.compile(schema);
  return value => {
    if (!validate(value)) expect.fail(ajv.errorsText(validate.errors));
  };
}

function logOf(images: readonly Verified[], unread: readonly Unread[] = []): Log {
  const log = JSON.parse(JSON.stringify(sarifLog("1.2.3", rules, images, unread))) as Log;
  check(log);
  return log;
}

function verified(image: string, bytes: Uint8Array): Verified {
  return { image, ...reportOf(bytes) };
}

const broken = () => verified("broken.img", oneARule.find(({ name }) => name === "truncated")!.bytes);

describe("a SARIF log is valid", () => {
  it("of all samples", () => {
    const log = logOf(samples.map(({ name, bytes }) => verified(name, bytes)));
    expect(log.runs[0].results.length).toBeGreaterThan(10);
  });

  it("where each rule speaks, and says all that the finding says", () => {
    for (const { name, bytes } of oneARule) {
      const one = verified(`${name}.img`, bytes);
      const { results, tool } = logOf([one]).runs[0];
      expect(results).toHaveLength(one.findings.length);
      for (const [i, finding] of one.findings.entries()) {
        const result = results[i]!;
        expect(tool.driver.rules[result.ruleIndex]!.id).toBe(finding.rule);
        expect(result).toMatchObject({
          ruleId: finding.rule,
          level: finding.severity,
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: `${name}.img` },
                region: { byteOffset: finding.offset },
              },
              logicalLocations: [{ fullyQualifiedName: finding.path }],
            },
          ],
        });
        expect(result.message.text).toContain(finding.message);
        expect(result.message.text).toContain(finding.hint ?? "");
      }
    }
  });

  it("of the images that kernels were given", () => {
    const images = givenToKernels().map(({ name, bytes }) => verified(name, bytes));
    const count = images.reduce((sum, { findings }) => sum + findings.length, 0);
    expect(logOf(images).runs[0].results).toHaveLength(count);
  });

  it("of no image at all", () => {
    expect(logOf([]).runs[0].results).toEqual([]);
  });

  it("and one that is not is refused", () => {
    expect(() => check({ version: "2.1.0", runs: [{ results: [] }] })).toThrow(/tool/);
  });
});

describe("in a SARIF log", () => {
  it("every rule is described, in the order of --rules", () => {
    const described = logOf([]).runs[0].tool.driver.rules;
    expect(described.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    for (const [i, { severity, title, why, source, group }] of rules.entries()) {
      expect(described[i]).toMatchObject({
        shortDescription: { text: title },
        fullDescription: { text: why },
        help: { text: expect.stringContaining(source) },
        defaultConfiguration: { level: severity },
        properties: { tags: [group] },
      });
    }
  });

  it("a file that is no image has a result", () => {
    const text = new TextEncoder().encode("#!/bin/sh\nexit 0\n# this is a script\n");
    const { results, invocations } = logOf([verified("script.sh", text)]).runs[0];
    expect(results.map(({ ruleId }) => ruleId)).toEqual(["not-an-image"]);
    expect(invocations).toEqual([{ executionSuccessful: true }]);
  });

  it("a file that could not be read has a notification", () => {
    const unread = [{ image: "a b.img", message: "a b.img: cannot open: no such file" }];
    const { invocations, results } = logOf([broken()], unread).runs[0];
    expect(invocations[0].executionSuccessful).toBe(false);
    const [notification] = invocations[0].toolExecutionNotifications!;
    expect(notification!.message.text).toBe("a b.img: cannot open: no such file");
    expect(notification!.locations[0]!.physicalLocation.artifactLocation.uri).toBe("a%20b.img");
    expect(results.length).toBeGreaterThan(0);
  });

  it.each([
    ["app.img", "app.img"],
    ["a folder/app 1.img", "a%20folder/app%201.img"],
    ["100%/app.img", "100%25/app.img"],
    ["what?#.img", "what%3F%23.img"],
    ["größe.img", "gr%C3%B6%C3%9Fe.img"],
    ["c:app.img", "c%3Aapp.img"],
    ["/var/lib/app.img", "file:///var/lib/app.img"],
    ["../app.img", "../app.img"],
    ["line\nbreak", "line%0Abreak"],
  ])("the file %j is the URI %s", (image, uri) => {
    const [{ results }] = logOf([{ ...broken(), image }]).runs;
    expect(results[0]!.locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });
});
