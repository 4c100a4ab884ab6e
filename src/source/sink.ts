/** Where bytes that are made go, in order. What it is given is its own until it has answered. */
export interface Sink {
  write(bytes: Uint8Array): void | Promise<void>;
}
