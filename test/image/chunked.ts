import { pullSource, type SyncSource } from "../../src/source/source.js";

/** The chunk sizes every sample is fed in; 321 divides nothing in an image. */
export const chunkSizes: readonly number[] = [1, 321, 64 * 1024];

/** The bytes as a pipe gives them: in order, `size` at a time, through one buffer that is used again. */
export function pipeOf(bytes: Uint8Array, size = 321): SyncSource {
  let at = 0;
  const buffer = new Uint8Array(size);
  return pullSource(() => {
    if (at >= bytes.length) return undefined;
    const part = bytes.subarray(at, at + size);
    at += part.length;
    // A chunk that the library kept a view of would change under it here.
    buffer.set(part);
    return buffer.subarray(0, part.length);
  });
}

/** The bytes as an asynchronous stream of chunks. */
export async function* streamOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
