import { CrimgError } from "../../../errors.js";
import { prefixOf } from "../../../stream/walk.js";
import type { ConvertFacet } from "../../convert-facet.js";
import type { Stage } from "../../convert-piece.js";
import { FXSAVE_SIZE, XSAVE_SIZE } from "../../x86/fpu-state.js";
import { MAGIC_TAIL } from "../records.js";
import { type CrContext, type CrSurvey, type CrSurveyedImage, isRepaired } from "./context.js";
import { edges } from "./edges/edges.js";
import { type CrGoal, goalOf } from "./goal.js";
import { invented } from "./piece.js";
import { trueCounts } from "./repairs/chunks.js";
import { onlyUsableFpu, withoutPointers } from "./repairs/fpu.js";
import { noEmptyTls } from "./repairs/tls.js";
import { createDeleted, withoutDeleted } from "./requests/deleted.js";
import { forKernel } from "./requests/kernel.js";
import { onlyTask, taskPids } from "./requests/task.js";
import { VDSO_PREVIEW, withInt80 } from "./requests/vdso.js";
import { resizedFpu } from "./requests/xstate.js";
import { CrSurveyor } from "./survey.js";

/** Conversions from cr-1 to cr-3b and back: edges between dialects, repairs within one, and what is done on request. */
export const convertFacet: ConvertFacet<CrGoal, CrSurvey> = {
  edges,
  goalOf,
  previewOf: ({ vdso }) => (vdso === undefined ? 0 : VDSO_PREVIEW),
  surveyor: (image, target, goal) => new CrSurveyor(image, target, goal),
  check,
  stages: context => ({ before: stagesBefore(context), after: stagesAfter(context) }),
  stamp: ({ rev }) => ({ rev }),
  closing: image => invented("TAIL", `${prefixOf(image)}tail`, { magic: MAGIC_TAIL }),
  taskPids,
};

function check({
  image: { dialect, index },
  target,
  goal,
  survey: { hasMemory, fpu },
}: CrSurveyedImage): void {
  const no = (why: string) => {
    throw new CrimgError("refused", why, index === 0 ? {} : { path: `image[${index}]` });
  };
  if (target.series === "v5p2" && hasMemory)
    no("v5p2 restores no memory and no registers; v6p5 reads cr-1, too");
  if (goal.xstate !== undefined && fpu.used && fpu.size !== FXSAVE_SIZE && fpu.size !== XSAVE_SIZE) {
    no(
      `its FPU state has ${fpu.size} bytes (FSAVE), and only ${FXSAVE_SIZE} and ${XSAVE_SIZE} can be changed into each other`,
    );
  }
  if (
    goal.fds.length > 0 &&
    (dialect.byName("FILES") !== undefined || target.dialect.byName("FILES") === undefined)
  ) {
    throw new CrimgError(
      "usage",
      `descriptors are invented where the image has none and the result some; from ${dialect.name} to ${target.dialect.name} there is no such place`,
    );
  }
}

/** In the dialect of the source. */
function stagesBefore(context: CrContext): readonly Stage[] {
  const { image, goal, survey } = context;
  const stages: (Stage | false)[] = [
    // By the objrefs of the source, which the next one changes.
    goal.deleted === "drop" && withoutDeleted(context),
    goal.deleted === "create" && createDeleted(context),
    survey.taken !== undefined &&
      image.dialect.byName("TREE") !== undefined &&
      onlyTask(context, survey.taken),
    isRepaired("chunks", context) && trueCounts(context),
    isRepaired("tls", context) && noEmptyTls(context),
    isRepaired("fpu", context) && withoutPointers(context),
  ];
  return stages.filter(stage => stage !== false);
}

/** In the dialect of the target. */
function stagesAfter(context: CrContext): readonly Stage[] {
  const { goal } = context;
  const stages: (Stage | false)[] = [
    isRepaired("fpu", context) && onlyUsableFpu(context),
    goal.vdso !== undefined && withInt80(context),
    goal.xstate !== undefined && resizedFpu(context, goal.xstate),
    goal.kernel !== undefined && forKernel(context, goal.kernel),
  ];
  return stages.filter(stage => stage !== false);
}
