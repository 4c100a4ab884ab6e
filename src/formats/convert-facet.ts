/** What a format brings to convert, for conversions among its own dialects. Loaded when something is converted. */
export interface ConvertFacet {
  /** Nothing yet: the steps still lie in src/convert. */
  readonly steps: readonly unknown[];
}
