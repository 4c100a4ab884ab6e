import { loadConverter } from "../../src/index.js";

/** Conversions that answer at once. */
export const { convertBytes, planSync } = await loadConverter();
