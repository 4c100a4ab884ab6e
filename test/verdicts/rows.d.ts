import type { RestartOptions } from "../../src/formats/verify-facet.js";

export interface Row {
  readonly group: string;
  readonly name: string;
  readonly change: string;
  readonly series: string;
  readonly bytes: Uint8Array;
  readonly options: RestartOptions;
  readonly expected: Expected;
  readonly excuse?: string;
  /** The signal that the restarted task died of, if it did. */
  readonly death?: string;
}

export interface Expected {
  readonly returns: number;
  readonly position: number;
  readonly visible: boolean;
  readonly others?: readonly number[];
  readonly blocked?: boolean;
}

export declare function rows(): Row[];
