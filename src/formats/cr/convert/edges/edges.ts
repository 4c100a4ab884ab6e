import { encodeTable } from "../../../../codec/table.js";
import type { FpuFacts } from "../../../../convert/context.js";
import type { Invention, Step } from "../../../../convert/edge-stage.js";
import { invented, inventedRaw, type Piece } from "../../../../convert/piece.js";
import { CrimgError } from "../../../../errors.js";
import type { Dialect } from "../../../../stream/dialect.js";
import { XSAVE_SIZE } from "../../../x86/fpu-state.js";
import { cr1 } from "../../cr-1.js";
import { cr2 } from "../../cr-2.js";
import { cr3a } from "../../cr-3a.js";
import { cr3b } from "../../cr-3b.js";
import { pids } from "../../records.js";
import { fpuBehindCpu, fpuIntoCpu } from "./cpu.js";

/** v6p5 has no file records; the restarted task keeps the descriptors of its restarter. */
const cr1ToCr2: Step = {
  from: cr1,
  to: cr2,
  invents: [
    {
      before: "THREAD",
      make: inventFiles,
      why: "cr-1 has no descriptors; the reader closes all that are not here",
    },
  ],
  refuses: ({ hasMemory }) =>
    hasMemory
      ? undefined
      : "the image has no memory and no registers (v5 2/8 wrote only head, task and comm), and there is nothing to restart without them",
};

const cr2ToCr1: Step = { from: cr2, to: cr1, drops: ["files"] };

const cr2ToCr3a: Step = {
  from: cr2,
  to: cr3a,
  invents: [
    {
      before: "TASK",
      make: ({ facts, prefix }) => [invented("HEAD_ARCH", `${prefix}head_arch`, headArchOf(facts.fpu))],
      why: "the restarting CPU must have the same FPU; taken from CPU",
    },
    {
      before: "TASK",
      make: ({ prefix }) => [invented("TREE", `${prefix}tree`, { tasks_nr: 1, _pad: 0 })],
      why: "rev 3 images say how many tasks they hold",
    },
    {
      before: "TASK",
      make: inventPids,
      why: "pid and thread group are MM.parent; no kernel compares them",
    },
  ],
  reshapes: fpuBehindCpu,
};

const cr3aToCr2: Step = {
  from: cr3a,
  to: cr2,
  drops: ["head_arch", "tree"],
  reshapes: fpuIntoCpu,
  refuses: ({ tasks, facts: { fpu } }) => {
    if (tasks.length > 1) {
      const listed = tasks.slice(0, 20).join(", ") + (tasks.length > 20 ? ", ..." : "");
      return `it holds ${tasks.length} tasks, and rev 2 images hold one: take one with --task (${listed}), or all with --split`;
    }
    if (!fpu.used || fpu.size === 512 || fpu.size === XSAVE_SIZE) return undefined;
    return `its FPU state has ${fpu.size} bytes, and CPU has room for 512 or ${XSAVE_SIZE}`;
  },
};

const cr3aToCr3b: Step = { from: cr3a, to: cr3b };

/** BUFFER needs no word: nobody ever wrote one, and it has no place in the grammar. */
const cr3bToCr3a: Step = { from: cr3b, to: cr3a };

/** Every step there is, oldest dialect first; the way back behind each. */
const steps: readonly (readonly [up: Step, down: Step])[] = [
  [cr1ToCr2, cr2ToCr1],
  [cr2ToCr3a, cr3aToCr2],
  [cr3aToCr3b, cr3bToCr3a],
];

/** The steps from one dialect to another, each with the one that leads back. None within a dialect. */
export function chain(from: Dialect, to: Dialect): readonly { readonly step: Step; readonly back: Step }[] {
  const order = [steps[0]![0].from, ...steps.map(([up]) => up.to)];
  const [start, end] = [order.indexOf(from), order.indexOf(to)];
  if (start < 0 || end < 0) throw new CrimgError("usage", `no way from ${from.name} to ${to.name} is known`);
  if (start <= end) return steps.slice(start, end).map(([up, down]) => ({ step: up, back: down }));
  return steps
    .slice(end, start)
    .reverse()
    .map(([up, down]) => ({ step: down, back: up }));
}

type Maker = Invention["make"];

function headArchOf({ used, hasFxsr, size }: FpuFacts) {
  // has_fxsr of CPU is only written with the state. Every CPU that ran these kernels in our images has FXSR.
  const has_fxsr = used ? hasFxsr : 1;
  return { has_fxsr, has_xsave: size === XSAVE_SIZE ? 1 : 0, xstate_size: size, _pading: 0 };
}

function inventPids(...[{ goal, facts, prefix }]: Parameters<Maker>): readonly Piece[] {
  const ids = { vpid: facts.pid, vtgid: facts.pid, vppid: goal.ppid, _pad: 0 };
  return [inventedRaw("pids", `${prefix}tree.pids`, encodeTable(pids, ids, cr3a.abi.order))];
}

/** Read and write, seekable, and used by pread and pwrite: what v6 wrote for a terminal or a log file. */
const ORDINARY_FILE = { fd_type: 1, f_mode: 0xf, f_flags: 2, f_pos: 0n, f_version: 0n };

function inventFiles(...[{ goal, facts }, task]: Parameters<Maker>): readonly Piece[] {
  const files = `${task}.files`;
  return [
    invented("FILES", files, { objref: 0, nfds: goal.fds.length }, facts.pid),
    ...goal.fds.flatMap(({ fd, path }, i) => {
      const entry = `${files}.fd_ent[${i}]`;
      const objref = i + 1;
      return [
        invented("FD_ENT", entry, { objref, fd, close_on_exec: 0, _pad: 0 }),
        invented("FD_DATA", `${entry}.fd_data`, ORDINARY_FILE, objref),
        invented("FNAME", `${entry}.fd_data.fname`, { fname: `${path}\0` }),
      ];
    }),
  ];
}
