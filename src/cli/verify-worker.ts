import { parentPort } from "node:worker_threads";
import { type VerifyJob, verifyFile } from "./verify-file.js";

// One worker of `crimg verify --jobs`: takes a file, answers with its result, takes the next. It ends at null.
const port = parentPort!;
port.on("message", (job: VerifyJob | null) => {
  if (job === null) port.close();
  else port.postMessage(verifyFile(job));
});
