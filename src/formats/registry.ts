import type { CrConvertOptions } from "./cr/convert/options.js";
import { cr } from "./cr/index.js";
import type { Format } from "./format.js";

/** Every format that crimg reads. The only list of them. */
export const formats: readonly Format[] = [cr];

/** What to make of an image: what any conversion takes, and what each format adds. */
export type ConvertOptions = CrConvertOptions;
