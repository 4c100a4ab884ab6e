import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
export const readmePath = fileURLToPath(new URL("README.md", root));

/** The text of README.md with the real output under each `<!-- output: crimg ... -->`. */
export function currentReadme(text) {
  return text.replace(
    /(<!-- output: crimg (.*?) -->\n```\n)[\s\S]*?(```\n<!-- end -->)/g,
    (_, before, args, after) => {
      const crimg = fileURLToPath(new URL("bin/crimg.js", root));
      const { stdout, stderr } = spawnSync(process.execPath, [crimg, ...args.split(" ")], {
        cwd: fileURLToPath(root),
        encoding: "utf8",
      });
      return `${before}${stdout}${stderr}${after}`;
    },
  );
}
