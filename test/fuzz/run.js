// `npm run fuzz -- [--seconds N | --cases N] [--seed S] [--target NAME] [--replay FILE]`: runs main.ts on what stands in
// src, without a build.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./bundle.js";

// Ctrl-C reaches the fuzzer, too; what is temporary is removed when it has ended.
process.on("SIGINT", () => {});
const folder = mkdtempSync(join(tmpdir(), "crimg-fuzz-"));
try {
  const script = join(folder, "fuzz.mjs");
  await bundle(script);
  const argv = ["--expose-gc", "--enable-source-maps", script, ...process.argv.slice(2)];
  const { status, signal } = spawnSync(process.execPath, argv, { stdio: "inherit" });
  // V8 dies without a word where it runs out of some kinds of memory.
  if (signal !== null) console.error(`the fuzzer was ended by ${signal}`);
  process.exitCode = status ?? 130;
} finally {
  rmSync(folder, { recursive: true });
}
