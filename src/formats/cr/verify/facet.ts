import type { Rule } from "../../../finding.js";
import { checkStopped } from "../../../verify/limits.js";
import type { VerifyFacet } from "../../verify-facet.js";
import { runningTotal } from "../page-count.js";
import { pidsRepeat, tlsCount, tlsLeftOut } from "../raw.js";
import { restart } from "../restart/restart.js";
import { restartSeries } from "../restart/series.js";
import { areaRules } from "./areas.js";
import { descriptorRules } from "./descriptors.js";
import * as general from "./engine-rules.js";
import { fpuRules, headArch } from "./fpu.js";
import { cpuBase, headRules, severalImages, wrongRev } from "./head.js";
import { judgesOf } from "./judges.js";
import { openFileRules, taskDead } from "./open-files.js";
import { chunkSize, pageRules } from "./pages.js";
import { parentRules } from "./parents.js";
import { registerRules } from "./registers.js";
import { segmentRules, tlsUnread } from "./segments.js";
import { stringRules } from "./strings.js";
import { pidsDuplicate, treeRules } from "./task-tree.js";
import { taskRules } from "./tasks.js";

/** Group by group, in each from what the whole image is to what single fields say. */
const rules: readonly Rule[] = [
  // structure
  general.notAnImage,
  general.damagedMagic,
  wrongRev,
  general.uncertainDialect,
  general.cutOff,
  general.wrongOrder,
  general.unknownRecord,
  general.garbage,
  general.wrongLength,
  general.wrongCount,
  runningTotal,
  chunkSize,
  tlsUnread,
  tlsLeftOut,
  tlsCount,
  general.bytesBefore,
  general.bytesAfter,
  severalImages,
  general.fieldValue,
  general.unknownKind,
  general.unknownFlags,
  general.unknownSignal,
  ...stringRules,
  cpuBase,
  headArch,
  checkStopped,
  // references
  ...parentRules,
  ...taskRules,
  pidsDuplicate,
  pidsRepeat,
  ...treeRules,
  ...descriptorRules,
  // sense
  ...headRules,
  taskDead,
  ...areaRules,
  ...pageRules,
  ...segmentRules,
  ...registerRules,
  ...fpuRules,
  ...openFileRules,
];

/** What verify knows of the images of the Linux checkpoint/restart kernels. */
export const verifyFacet: VerifyFacet = {
  rules,
  judges: judgesOf,
  restart: {
    series: restartSeries.map(({ name }) => name),
    run: (name, window, options) =>
      restart(restartSeries.find(series => series.name === name)!, window, options),
  },
};
