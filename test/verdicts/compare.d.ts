import type { Verdict } from "../../src/formats/cr/restart/restart.js";
import type { Expected } from "./rows.js";

export declare function compare(expected: Expected, verdict: Verdict): string | undefined;
