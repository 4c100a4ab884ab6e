import { describe, expect, test } from "vitest";
import { CrimgError } from "../../src/errors.js";
import { head } from "../../src/formats/cr/records.js";
import type { Verdict } from "../../src/formats/verify-facet.js";
import type { ConvertOptions } from "../../src/index.js";
import { bytesSource } from "../../src/source/source.js";
import { overwritten, recordNamed } from "../image/splice.js";
import { verifySync } from "../verify/verifier.js";
import { convertBytes } from "./converter.js";
import { partsOf } from "./parts.js";
import {
  converted,
  type Proof,
  provenImage,
  provenImages,
  type Restart,
  skipped,
  sourceOf,
  unconverted,
} from "./proofs.js";
import { tampering } from "./tampering.js";

const pentium3 = { has_fxsr: 1, has_xsave: 0, xstate_size: 512 };

/** What the model says the kernel of a row answers. */
function verdictOn(bytes: Uint8Array, { series, version, fpu = pentium3 }: Restart): Verdict {
  const verification = verifySync(bytesSource(bytes), { series, kernel: version, fpu });
  for (let step = verification.next(); ; step = verification.next())
    if (step.done) return step.value.verdict!;
}

/** What the kernel of a row answered, as far as it is known. */
function answerOf({ returns, position, visible }: Restart) {
  return { returns, visible, ...(position !== undefined && { position }) };
}

function expectAnswers(bytes: Uint8Array, { restarts }: Pick<Proof, "restarts">): void {
  for (const restart of restarts) {
    expect(verdictOn(bytes, restart), restart.kernel).toMatchObject(answerOf(restart));
  }
}

/** The image of a row as crimg makes it. */
function made(proof: Proof, options: Partial<ConvertOptions> = {}): Uint8Array {
  const { bytes } = convertBytes(sourceOf(proof), { ...proof.options, ...options });
  return proof.then === undefined ? bytes : tampering[proof.then]!(bytes);
}

/** The image of a row as it was restarted; `release` is never compared, and `--kernel` writes it all the same. */
function proven({ name, release, options }: Proof): Uint8Array {
  const bytes = provenImage(name);
  if (release === undefined) return bytes;
  const at = recordNamed(bytes, "HEAD").offset + 8 + offsetOfRelease;
  const text = new TextEncoder().encode(options.kernel!);
  const padded = new Uint8Array(head.fields.release.size);
  padded.set(text);
  return overwritten(bytes, at, padded);
}

const offsetOfRelease = head.layout.find(({ name }) => name === "release")!.offset;
const named = (proofs: readonly Proof[]) => proofs.map(proof => [proof.name, proof] as const);
const restarted = converted.filter(({ control }) => !control);
const controls = converted.filter(({ control }) => control);

describe("the table of proofs is whole", () => {
  test("every image of the pack has its row, and only controls are made without one", () => {
    expect([...provenImages.keys()].filter(name => !converted.some(row => row.name === name))).toEqual([]);
    expect(converted.filter(({ name }) => !provenImages.has(name)).map(({ name }) => name)).toEqual([
      "ctl-3a-tls1-fname4-2.6.28",
      "ctl-fpu-512to576-bv0",
      "ctl-fpu-512to576-bvff",
      "ctl-fpu-archonly",
    ]);
  });

  test("a kernel restarted every image that is no control", () => {
    expect(restarted.length).toBeGreaterThan(80);
    expect(restarted.flatMap(({ restarts }) => restarts.filter(({ returns }) => returns !== 0))).toEqual([]);
  });

  test("what is left out says why", () => {
    expect(skipped.filter(({ reason }) => reason === "")).toEqual([]);
  });
});

describe("with undefined bytes zeroed an image is, byte for byte, the one that a kernel restarted", () => {
  test.each(named(restarted))("%s", (_, proof) => {
    const bytes = made(proof, proof.undefinedKept ? {} : { zeroUndefined: true });
    expect(Buffer.compare(bytes, proven(proof))).toBe(0);
  });
});

describe("with undefined bytes kept it says the same", () => {
  test.each(named(restarted))("%s", (_, proof) => {
    expect(partsOf(made(proof))).toEqual(partsOf(proven(proof)));
  });
});

describe("the model restarts it, as the kernel did", () => {
  test.each(named(restarted))("%s", (_, proof) => expectAnswers(made(proof), proof));
});

/**
 * Made to fail, or to show what a kernel does not look at. Three return 0 and are harmful all the same, which no return
 * value tells: FXSAVE bytes overwrite a v6 kernel's pointer to its FPU state, and the task dies of an oops later
 * (`v6asis`, `to-v6-asis`); v9 loads a pointer as FPU registers (`fpu-asis`). An xstate_bv that is wrong returns 0 too,
 * and the FPU is empty then.
 */
describe("of a control the model says what the kernel said", () => {
  test.each(named(controls))("%s", (_, proof) => expectAnswers(made(proof), proof));

  test.each(named(controls.filter(({ name }) => provenImages.has(name))))(
    "%s is made the same way",
    (_, proof) => {
      expect(Buffer.compare(made(proof, { zeroUndefined: true }), proven(proof))).toBe(0);
    },
  );
});

describe("of an image as it stands, too", () => {
  test.each(unconverted.map(row => [row.name, row] as const))("%s", (_, row) => {
    expectAnswers(sourceOf(row), row);
  });
});

test("five tasks are more than rev 2 holds", () => {
  expect(() => made({ ...restarted[0]!, source: "cr-3a/v9-tree", options: { to: "cr-2" } })).toThrow(
    CrimgError,
  );
});
