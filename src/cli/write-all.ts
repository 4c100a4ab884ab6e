import { ftruncateSync, writeSync } from "node:fs";
import { Pause } from "../source/pause.js";
import { isHole } from "./sparse.js";
import { attempt, writeError } from "./write-error.js";

/** The reader of our output has gone (`| head`): no error, but no reason to go on. */
export class ReaderGone extends Error {}

/** Takes bytes, all of them. */
export type Put = (bytes: Uint8Array) => void;

/** To what is open already; `path` is what errors call it. */
export function toDescriptor(fd: number, path: string): Put {
  return bytes => writeWhole(fd, bytes, path);
}

/** For a new file: zeros become holes. It has its length only after `end`. */
export function withHoles(fd: number, path: string): Put & { end(): void } {
  let length = 0;
  const put = (bytes: Uint8Array) => {
    if (!isHole(bytes)) writeWhole(fd, bytes, path, length);
    length += bytes.length;
  };
  return Object.assign(put, { end: () => attempt(path, () => ftruncateSync(fd, length)) });
}

/** Writes all of `bytes`, also to a pipe that takes them a few at a time; without `at` where the last ones ended. */
function writeWhole(fd: number, bytes: Uint8Array, path: string, at?: number): void {
  const pause = new Pause();
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done, bytes.length - done, at === undefined ? null : at + done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new ReaderGone();
      if (code !== "EAGAIN") throw writeError(path, error);
      pause.wait();
    }
  }
}
