import type { Verdict } from "../../src/formats/verify-facet.js";
import type { Expected } from "./rows.js";

export declare function compare(expected: Expected, verdict: Verdict): string | undefined;
