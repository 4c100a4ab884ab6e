import { pathToFileURL } from "node:url";
import { projectRoot, runProcess } from "./run-crimg.js";

/** How one of many runs ended. */
export interface Run {
  readonly status: number;
  readonly stderr: string;
}

const MARK = "\u0001run\n";

/**
 * Runs the built command once for each list of arguments, all in one process: thousands of starts of node would take
 * minutes. What they print is thrown away; every run must keep the process alive for the next.
 */
export async function runMany(commands: readonly (readonly string[])[]): Promise<Run[]> {
  const main = pathToFileURL(`${projectRoot}dist/bin/main.js`).href;
  const script = `
    import { readFileSync, writeSync } from "node:fs";
    const { main } = await import(${JSON.stringify(main)});
    for (const args of JSON.parse(readFileSync(0, "utf8"))) {
      const status = await main(args);
      process.stderr.write(${JSON.stringify(MARK)});
      writeSync(3, status + "\\n");
    }`;
  const { stderr, extra, status } = await runProcess(
    process.execPath,
    ["--input-type=module", "-e", script],
    {
      input: Buffer.from(JSON.stringify(commands)),
    },
  );
  if (status !== 0) throw new Error(`a run took the process with it:\n${stderr.slice(-2000)}`);
  const errors = stderr.split(MARK);
  return extra
    .trim()
    .split("\n")
    .map((line, i) => ({ status: Number(line), stderr: errors[i]! }));
}
