import { spawn } from "node:child_process";
import { appendFileSync, copyFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CrimgError } from "../../src/errors.js";
import { decodeLinesSync, dump, fileParts, walkSync } from "../../src/index.js";
import { fill } from "../../src/source/extent.js";
import type { SyncSource } from "../../src/source/source.js";
import { planSync } from "../convert/converter.js";
import { samples } from "../format/samples.js";
import { verifySync } from "../verify/verifier.js";
import { writeManyAreas } from "./huge-image.js";
import { crimgPath } from "./run-crimg.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Bytes of which only the first `length` are left from the read with this number on. */
function shrinking(bytes: Uint8Array, atRead: number, length: number): SyncSource {
  let reads = 0;
  return {
    size: bytes.length,
    seekable: true,
    read(offset, wanted) {
      const end = reads++ >= atRead ? length : bytes.length;
      return bytes.slice(Math.min(offset, end), Math.min(offset + wanted, end));
    },
  };
}

/** Reads an image to its end, in each of the ways the commands do. */
const readings: Readonly<Record<string, (source: SyncSource) => void>> = {
  walk(source) {
    let end = 0;
    for (const { offset, length } of walkSync(source)) {
      expect(offset).toBe(end);
      end = offset + length;
    }
  },
  dump: source => void dump(source, () => {}, { view: "hex" }),
  verify: source => void [...verifySync(source, {})],
  convert(source) {
    for (const step of planSync(source, {})) {
      if ("copy" in step) fill(source, step.copy.offset, new Uint8Array(step.copy.length));
    }
  },
  decode: source => void [...decodeLinesSync(source)],
  split(source) {
    for (const { offset, length } of fileParts(source)) fill(source, offset, new Uint8Array(length));
  },
};

describe.each(Object.entries(readings))("%s of a file that becomes shorter", (_, reading) => {
  test.each(samples)("$dialect/$name ends, with an error of ours or without", ({ bytes }) => {
    for (let atRead = 0; atRead < 6; atRead++) {
      for (let part = 0; part < 8; part++) {
        try {
          reading(shrinking(bytes, atRead, Math.floor((bytes.length * part) / 8)));
        } catch (error) {
          expect(error).toBeInstanceOf(CrimgError);
          expect(["truncated", "malformed", "not-an-image"]).toContain((error as CrimgError).code);
        }
      }
    }
  });
});

describe.concurrent("a file that changes while it is read", () => {
  const folder = temporaryFolder();
  const large = join(folder, "large.img");

  beforeAll(() => writeManyAreas(large, 20_000));

  /** Runs crimg, and changes its input as soon as it prints: more than a pipe holds is still to come then. */
  function runChanging(args: readonly string[], change: () => void) {
    return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve, reject) => {
      const child = spawn(process.execPath, [crimgPath, ...args], { stdio: ["ignore", "pipe", "pipe"] });
      const heard = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (text: string) => {
          heard[name] += text;
        });
      }
      child.stdout.once("data", change);
      child.on("error", reject);
      child.on("close", status => resolve({ ...heard, status }));
    });
  }

  const copyOf = (name: string) => {
    copyFileSync(large, join(folder, name));
    return join(folder, name);
  };

  test.each(["dump --jsonl", "decode"])("%s: becomes shorter", async command => {
    const input = copyOf(`shorter ${command}`);
    const { status, stderr } = await runChanging([...command.split(" "), input], () => {
      truncateSync(input, 1_000_000);
    });
    expect(status).toBe(1);
    // All was there up to the new end, and that is where the error is.
    expect(stderr).toMatch(/the image ends without TAIL.* at 0xf42[0-9a-f]{2}\)\n$/);
  });

  test.each(["dump --jsonl", "decode"])("%s: grows, and is read as it was", async command => {
    const input = copyOf(`longer ${command}`);
    const args = [...command.split(" "), input];
    const alone = await runChanging(args, () => {});
    const growing = await runChanging(args, () => appendFileSync(input, Buffer.alloc(1_000_000, 7)));
    expect(growing).toEqual(alone);
    expect(alone.stdout.length).toBeGreaterThan(1_000_000);
  });
});
