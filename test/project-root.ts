import { fileURLToPath } from "node:url";

/** What `samples/...` in a command is relative to. */
export const projectRoot = fileURLToPath(new URL("../", import.meta.url));
/** The command as it is installed: the built bundle. */
export const crimgPath = fileURLToPath(new URL("../bin/crimg.js", import.meta.url));
