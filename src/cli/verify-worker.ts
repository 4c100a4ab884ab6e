import { parentPort } from "node:worker_threads";
import { type VerifyJob, verifyFile } from "./verify-file.js";

// One worker of `crimg verify --jobs`: takes a file, answers with its result, takes the next.
parentPort!.on("message", (job: VerifyJob) => parentPort!.postMessage(verifyFile(job)));
