import type { Verdict } from "../../src/verify/restart/restart.js";
import type { Expected } from "./rows.js";

export declare function compare(expected: Expected, verdict: Verdict): string | undefined;
