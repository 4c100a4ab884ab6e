import { parentPort, workerData } from "node:worker_threads";
import { type FileTask, fileTasks, type JobOf } from "./file-tasks.js";

// One worker of `--jobs`: takes a file, answers with the result of its task, takes the next. It ends at null.
const port = parentPort!;
const task = workerData as FileTask;
const loaded = fileTasks[task]();
port.on("message", async (job: JobOf<typeof task> | null) => {
  if (job === null) port.close();
  else port.postMessage(await (await loaded)(job as never));
});
