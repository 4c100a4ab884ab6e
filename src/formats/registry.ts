import { cr } from "./cr/index.js";
import type { Format } from "./format.js";

/** Every format that crimg reads. The only list of them. */
export const formats: readonly Format[] = [cr];
