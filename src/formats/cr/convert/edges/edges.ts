import { encodeTable } from "../../../../codec/table.js";
import { inventedBlock } from "../../../../convert/piece.js";
import { prefixOf } from "../../../../stream/walk.js";
import type { DialectEdge } from "../../../convert-facet.js";
import type { NamedPiece } from "../../../convert-piece.js";
import { XSAVE_SIZE } from "../../../x86/fpu-state.js";
import { cr1 } from "../../cr-1.js";
import { cr2 } from "../../cr-2.js";
import { cr3a } from "../../cr-3a.js";
import { cr3b } from "../../cr-3b.js";
import { pids } from "../../records.js";
import type { CrSurvey, CrSurveyedImage, SurveyedFpu } from "../context.js";
import type { CrGoal } from "../goal.js";
import { invented } from "../piece.js";
import { fpuBehindCpu, fpuIntoCpu } from "./cpu.js";

type CrEdge = DialectEdge<CrGoal, CrSurvey>;

/** v6p5 has no file records; the restarted task keeps the descriptors of its restarter. */
const cr1ToCr2: CrEdge = {
  from: cr1,
  to: cr2,
  invents: [
    {
      before: "THREAD",
      make: inventFiles,
      why: "cr-1 has no descriptors; the reader closes all that are not here",
    },
  ],
  refuses: ({ survey: { hasMemory } }) =>
    hasMemory
      ? undefined
      : "the image has no memory and no registers (v5 2/8 wrote only head, task and comm), and there is nothing to restart without them",
};

const cr2ToCr1: CrEdge = {
  from: cr2,
  to: cr1,
  drops: ["files"],
  restores: image => inventFiles(withDefaults(image), ""),
};

const cr2ToCr3a: CrEdge = {
  from: cr2,
  to: cr3a,
  invents: [
    {
      before: "TASK",
      make: inventHeadArch,
      why: "the restarting CPU must have the same FPU; taken from CPU",
    },
    { before: "TASK", make: inventTree, why: "rev 3 images say how many tasks they hold" },
    {
      before: "TASK",
      make: inventPids,
      why: "pid and thread group are MM.parent; no kernel compares them",
    },
  ],
  reshapes: fpuBehindCpu,
};

const cr3aToCr2: CrEdge = {
  from: cr3a,
  to: cr2,
  drops: ["head_arch", "tree"],
  restores: image => {
    const usual = withDefaults(image);
    return [...inventHeadArch(usual), ...inventTree(usual), ...inventPids(usual)];
  },
  reshapes: fpuIntoCpu,
  refuses: ({ survey: { tasks, taken, fpu } }) => {
    if (taken === undefined && tasks.length > 1) {
      const listed = tasks.slice(0, 20).join(", ") + (tasks.length > 20 ? ", ..." : "");
      return `it holds ${tasks.length} tasks, and rev 2 images hold one: take one with --task (${listed}), or all with --split`;
    }
    if (!fpu.used || fpu.size === 512 || fpu.size === XSAVE_SIZE) return undefined;
    return `its FPU state has ${fpu.size} bytes, and CPU has room for 512 or ${XSAVE_SIZE}`;
  },
};

const cr3aToCr3b: CrEdge = { from: cr3a, to: cr3b };

/** BUFFER needs no word: nobody ever wrote one, and it has no place in the grammar. */
const cr3bToCr3a: CrEdge = { from: cr3b, to: cr3a };

export const edges: readonly CrEdge[] = [cr1ToCr2, cr2ToCr1, cr2ToCr3a, cr3aToCr2, cr3aToCr3b, cr3bToCr3a];

/** The image as if nothing had been asked of what is invented. */
function withDefaults(image: CrSurveyedImage): CrSurveyedImage {
  return { ...image, goal: { ...image.goal, ppid: 1, fds: [] } };
}

function inventHeadArch({ image, survey }: CrSurveyedImage): readonly NamedPiece[] {
  return [invented("HEAD_ARCH", `${prefixOf(image)}head_arch`, headArchOf(survey.fpu))];
}

function headArchOf({ used, hasFxsr, size }: SurveyedFpu) {
  // has_fxsr of CPU is only written with the state. Every CPU that ran these kernels in our images has FXSR.
  const has_fxsr = used ? hasFxsr : 1;
  return { has_fxsr, has_xsave: size === XSAVE_SIZE ? 1 : 0, xstate_size: size, _pading: 0 };
}

function inventTree({ image }: CrSurveyedImage): readonly NamedPiece[] {
  return [invented("TREE", `${prefixOf(image)}tree`, { tasks_nr: 1, _pad: 0 })];
}

function inventPids({ image, goal, survey: { pid } }: CrSurveyedImage): readonly NamedPiece[] {
  const ids = { vpid: pid, vtgid: pid, vppid: goal.ppid, _pad: 0 };
  return [inventedBlock("pids", `${prefixOf(image)}tree.pids`, encodeTable(pids, ids, image.abi.order))];
}

/** Read and write, seekable, and used by pread and pwrite: what v6 wrote for a terminal or a log file. */
const ORDINARY_FILE = { fd_type: 1, f_mode: 0xf, f_flags: 2, f_pos: 0n, f_version: 0n };

function inventFiles({ goal, survey: { pid } }: CrSurveyedImage, task: string): readonly NamedPiece[] {
  const files = `${task}.files`;
  return [
    invented("FILES", files, { objref: 0, nfds: goal.fds.length }, pid),
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
