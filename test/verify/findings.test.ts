import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rulesOf } from "../../src/verify/rules.js";
import { chunk4196, samples } from "../image/samples.js";
import { findingsOf } from "./judged.js";
import { ruleCases } from "./rule-cases.js";
import { ruleNamed, rules } from "./verifier.js";

const src = new URL("../../src/", import.meta.url);

describe("each rule", () => {
  it("has an image that it speaks of", () => {
    expect(Object.keys(ruleCases).sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  it.each(Object.entries(ruleCases))("%s says what, how bad and where", (id, make) => {
    const { bytes, offset, path, says } = make();
    const { severity } = ruleNamed(id);
    const found = findingsOf(bytes).filter(({ rule }) => rule === id);
    expect(found).toContainEqual(
      expect.objectContaining({ rule: id, severity, offset, path, message: expect.stringContaining(says) }),
    );
  });

  it.each(rules.map(rule => [rule.id, rule] as const))("%s is declared in full", (id, rule) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [rule.title, rule.why, rule.source]) expect(text).not.toBe("");
    expect(rule.title).not.toMatch(/\.$/);
    expect(rule.why).toMatch(/\.$/);
  });

  it("is in the list once, wherever it is declared", () => {
    const sources = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(path =>
      path.endsWith(".ts"),
    );
    const declared = sources.flatMap(path =>
      [
        ...readFileSync(new URL(path, src), "utf8").matchAll(/^(?:export )?const \w+ = rule\("([^"]+)"/gm),
      ].map(([, id]) => id!),
    );
    expect(rules.map(({ id }) => id).sort()).toEqual(declared.sort());
  });

  it("is as severe in the words of a format as in those of the engine that looks for it", () => {
    for (const { id, group, severity } of rulesOf(new Map()))
      expect(ruleNamed(id)).toMatchObject({ group, severity });
  });
});

/** All that is said of the intact samples: what a kernel of the time did wrong, or what is odd all the same. */
const saidOfSamples: Readonly<Record<string, readonly string[]>> = {
  "v5p2-fpu": [],
  "v5p2-tiny": [],
  "v6p5-maps": [],
  "v6p5-tiny": ["tls-unread"],
  "v6p5-tls1": [],
  "v6-files": ["deleted-file"],
  "v6-fpu": ["fpu-pointer"],
  "v6-ldt": ["ldt-cut"],
  "v6-maps": [],
  // The checkpoint failed half way.
  "v6-pipe": ["truncated"],
  "v6-tiny": ["tls-unread"],
  "v6-tls1": [],
  "v6-twice": ["several-images"],
  "v8-ext_victim": [],
  "v8-files": ["deleted-file"],
  "v8-fpu": [],
  "v8-tls1": [],
  "v9-files": ["deleted-file"],
  "v9-fpu": [],
  "v9-ldt": ["ldt-cut"],
  "v9-maps": [],
  "v9-tls1": [],
  "v9-tree": [],
  "v13-files": ["deleted-file"],
  "v13-fpu": [],
  "v13-ldt": ["ldt-cut"],
  "v13-maps": [],
  "v13-tiny": [],
  "v13-tls1": [],
  "v13-tree": [],
  "v13-xsave-fpu": [],
  chunk4196: ["running-total"],
};

describe("an image as a kernel wrote it", () => {
  const images = [...samples, { name: "chunk4196", bytes: chunk4196() }];

  it.each(images)("$name gives its known findings and no other", ({ name, bytes }) => {
    expect(findingsOf(bytes).map(({ rule }) => rule)).toEqual(saidOfSamples[name]);
  });

  it.each(images.filter(({ name }) => name !== "v6-pipe"))("$name has no error", ({ bytes }) => {
    expect(findingsOf(bytes).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("has a hint wherever crimg can mend what a kernel did wrong", () => {
    const hints = images.flatMap(({ bytes }) => findingsOf(bytes).map(({ rule, hint }) => [rule, hint]));
    expect(Object.fromEntries(hints)).toEqual({
      "tls-unread": "crimg convert --repair=tls",
      "deleted-file": "crimg convert --deleted drop|create",
      "fpu-pointer": "crimg convert --repair=fpu",
      "running-total": "crimg convert --repair=chunks",
      "ldt-cut": undefined,
      truncated: undefined,
      "several-images": undefined,
    });
  });
});
