import { spawn } from "node:child_process";
import { appendFileSync, copyFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeManyAreas } from "../cli/huge-image.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { crimgPath } from "../project-root.js";
import { oneIn } from "../share.js";

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

  const commands = ["dump --jsonl", "decode"];

  test.each(oneIn(2, commands))("%s: becomes shorter", async command => {
    const input = copyOf(`shorter ${command}`);
    const { status, stderr } = await runChanging([...command.split(" "), input], () => {
      truncateSync(input, 1_000_000);
    });
    expect(status).toBe(1);
    // All was there up to the new end, and that is where the error is.
    expect(stderr).toMatch(/the image ends without TAIL.* at 0xf42[0-9a-f]{2}\)\n$/);
  });

  test.each(oneIn(2, commands.toReversed()))("%s: grows, and is read as it was", async command => {
    const input = copyOf(`longer ${command}`);
    const args = [...command.split(" "), input];
    const alone = await runChanging(args, () => {});
    const growing = await runChanging(args, () => appendFileSync(input, Buffer.alloc(1_000_000, 7)));
    expect(growing).toEqual(alone);
    expect(alone.stdout.length).toBeGreaterThan(1_000_000);
  });
});
