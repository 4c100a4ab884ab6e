import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { measureHere } from "./alone.js";
import { type FuzzArguments, parsed, usage } from "./arguments.js";
import { caseFrom } from "./corpus.js";
import { failureOrCost } from "./failure.js";
import { supervise, type WorkerMessage, type WorkerTask } from "./supervise.js";
import { targetNamed, targets } from "./targets.js";
import { work } from "./work.js";

if (isMainThread) await main();
else await workHere(workerData as WorkerTask);

async function main(): Promise<void> {
  const args = argumentsOrUsage();
  if (args === undefined) return;
  if (args.replay !== undefined) return replay(args, args.replay);
  const chosen = args.target === undefined ? targets : [targetNamed(args.target)];
  const length = args.cases === undefined ? `${args.seconds} s` : `${args.cases} cases each`;
  console.log(`seed ${args.seed}, ${length}: ${chosen.map(({ name }) => name).join(", ")}`);
  const failures = await supervise(args, chosen, process.argv[1]!);
  process.exitCode = failures === 0 ? 0 : 1;
}

function argumentsOrUsage(): FuzzArguments | undefined {
  try {
    return parsed(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function replay({ target: name, alone }: FuzzArguments, path: string): Promise<void> {
  const { target, given } = caseFrom(path, name);
  if (alone) return measureHere(target, given);
  const failure = await failureOrCost(target, given, process.argv[1]!);
  console.log(failure === undefined ? `holds: ${target.property}` : failure.text);
  process.exitCode = failure === undefined ? 0 : 1;
}

async function workHere(task: WorkerTask): Promise<void> {
  const { progress, began } = task;
  const post = (message: WorkerMessage) => parentPort!.postMessage(message);
  const done = await work(
    { ...task, targets: task.targets.map(targetNamed) },
    {
      at(target, index) {
        Atomics.store(progress, 0, target);
        Atomics.store(progress, 1, index);
        Atomics.store(progress, 2, Math.floor((Date.now() - began) / 1000));
      },
      found: text => post({ found: text }),
    },
  );
  post({ done });
}
