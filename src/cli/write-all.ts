import { writeSync } from "node:fs";
import { RetryWait } from "../source/retry-wait.js";
import { writeError } from "./write-error.js";

/** The reader of our output has closed the pipe (`| head`): no error, but no reason to go on. */
export class BrokenPipe extends Error {}

/** Writes all of `bytes`, also to a pipe that takes them a few at a time; without `at` where the last ones ended. */
export function writeAll(fd: number, bytes: Uint8Array, path: string, at?: number): void {
  const retry = new RetryWait();
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done, bytes.length - done, at === undefined ? null : at + done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new BrokenPipe();
      if (code !== "EAGAIN") throw writeError(path, error);
      retry.wait();
    }
  }
}
