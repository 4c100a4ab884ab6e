import type { InfoJob, InfoResult } from "./info-file.js";
import type { Watch } from "./read-image-file.js";
import type { VerifyJob, VerifyResult } from "./verify-file.js";

/** What can be done with many files, several at a time: plain data goes in and comes out, as threads send it. */
interface FileTasks {
  readonly verify: (job: VerifyJob, watch?: Watch) => Promise<VerifyResult>;
  readonly info: (job: InfoJob, watch?: Watch) => InfoResult;
}
export type FileTask = keyof FileTasks;
export type JobOf<T extends FileTask> = Parameters<FileTasks[T]>[0];
export type ResultOf<T extends FileTask> = Awaited<ReturnType<FileTasks[T]>>;
type Run<T extends FileTask> = (job: JobOf<T>, watch?: Watch) => ResultOf<T> | Promise<ResultOf<T>>;

/** Loads what does a task. */
export const fileTasks: { readonly [T in FileTask]: () => Promise<Run<T>> } = {
  verify: async () => (await import("./verify-file.js")).verifyFile,
  info: async () => (await import("./info-file.js")).infoFile,
};
