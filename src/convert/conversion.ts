import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import { chain } from "../formats/cr/convert/edges/edges.js";
import { type ConvertOptions, type Goal, goalOf, type Repair } from "../formats/cr/convert/options.js";
import { noEmptyTls, trueCounts } from "../formats/cr/convert/repairs/chunks.js";
import { onlyUsableFpu, withoutPointers } from "../formats/cr/convert/repairs/fpu.js";
import { createDeleted, withoutDeleted } from "../formats/cr/convert/requests/deleted.js";
import { forKernel } from "../formats/cr/convert/requests/kernel.js";
import { onlyTask } from "../formats/cr/convert/requests/task.js";
import { VDSO_PREVIEW, withInt80 } from "../formats/cr/convert/requests/vdso.js";
import { resizedFpu } from "../formats/cr/convert/requests/xstate.js";
import { damageError, Survey } from "../formats/cr/convert/survey.js";
import { dialectNamed } from "../formats/cr/dialects.js";
import { MAGIC_TAIL } from "../formats/cr/records.js";
import { FXSAVE_SIZE, XSAVE_SIZE } from "../formats/x86/fpu-state.js";
import type { Source } from "../source/source.js";
import { Window } from "../source/window.js";
import type { Dialect } from "../stream/dialect.js";
import type { Item } from "../stream/item.js";
import { itemsOf } from "../stream/items.js";
import type { StreamFormat } from "../stream/stream-format.js";
import type { WalkOptions } from "../stream/walk.js";
import type { Context } from "./context.js";
import { stageOf } from "./edge-stage.js";
import { Plan, type PlanStep, planner } from "./output-plan.js";
import { type Emit, invented, pieceOf, pipeline, type Stage } from "./piece.js";
import { type ConversionReport, Report } from "./report.js";
import { zeroUndefined } from "./zero-undefined.js";

/**
 * The passes of a conversion over one input. The first learns what must be known before the first byte can be written;
 * with `lossless` the second only sees what would be lost. Does no I/O: yields the window that wants bytes, or a step.
 */
export function* conversion(
  { size, seekable }: Pick<Source, "size" | "seekable">,
  formats: readonly StreamFormat[],
  options: ConvertOptions,
): Generator<Window | PlanStep, ConversionReport, void> {
  if (!seekable) {
    throw new CrimgError("usage", "only an input that can be read twice can be converted: a file, or bytes");
  }
  const place = placeOf(options);
  const goal = goalOf(options, yield* firstDialect(size, formats, place));
  const surveys = yield* surveyed(size, formats, place, goal);
  for (const survey of surveys) refuse(survey, goal);
  if (goal.lossless) refuseLoss(yield* unwritten(rewritten(size, formats, place, goal, surveys)));
  return yield* rewritten(size, formats, place, goal, surveys);
}

function placeOf({ at, image, dialect }: ConvertOptions): WalkOptions {
  // An image inside a larger file ends with its TAIL: what stands behind is somebody else's.
  const wanted = at === undefined ? image : (image ?? 0);
  return {
    ...(at !== undefined && { at }),
    ...(wanted !== undefined && { image: wanted }),
    ...(dialect !== undefined && { dialect: dialectNamed(dialect) }),
  };
}

function* firstDialect(
  size: number | undefined,
  formats: readonly StreamFormat[],
  place: WalkOptions,
): Generator<Window, Dialect, void> {
  for (const step of itemsOf(size, formats, place)) {
    if (step instanceof Window) yield step;
    else if (step.kind !== "gap") return step.image.dialect;
  }
  throw new CrimgError("not-an-image", "the input holds no image");
}

/** The first pass: a survey of each image. */
function* surveyed(
  size: number | undefined,
  formats: readonly StreamFormat[],
  place: WalkOptions,
  goal: Goal,
): Generator<Window, Survey[], void> {
  const surveys: Survey[] = [];
  let heard: [Finding, boolean][] = [];
  // A finding comes before the item it stands at, and so perhaps before its image is known.
  const deliver = () => {
    if (heard.length === 0) return;
    for (const said of heard) surveyOf(surveys, imageOf(said[0].path))?.finding(...said);
    heard = [];
  };
  const onFinding = (finding: Finding, isDamage: boolean) => {
    heard.push([finding, isDamage]);
  };
  const preview = goal.vdso === undefined ? {} : { preview: VDSO_PREVIEW };
  for (const step of itemsOf(size, formats, { ...place, ...preview, onFinding })) {
    if (step instanceof Window) yield step;
    else if (step.kind !== "gap") {
      let survey = surveys.at(-1);
      if (survey?.index !== step.image.index) {
        if (survey !== undefined) refuseDamage(survey, goal);
        if (surveys.length === IMAGES) {
          throw new CrimgError("refused", `more than ${IMAGES} images in one input: convert them one by one`);
        }
        survey = new Survey(step.image.index, step.image.dialect, goal);
        surveys.push(survey);
      }
      deliver();
      survey.see(step);
    }
  }
  deliver();
  return surveys;
}

/** Images converted in one go: what is known of each stays in memory, some 1 KB, until all is written. */
const IMAGES = 10_000;

function surveyOf(surveys: readonly Survey[], index: number): Survey | undefined {
  return surveys.findLast(survey => survey.index === index);
}

/** The image that a path is in: `image[1].task[0]` is in image 1. */
function imageOf(path: string): number {
  return Number(/^image\[(\d+)\]/.exec(path)?.[1] ?? 0);
}

function refuseDamage({ damage, hasHead }: Survey, { partial }: Goal): void {
  if (damage !== undefined && !(partial && hasHead)) throw damageError(damage, hasHead);
}

/** Throws if an image cannot be carried to the goal. */
function refuse(survey: Survey, goal: Goal): void {
  refuseDamage(survey, goal);
  const { dialect, hasMemory, tasks, taken } = survey;
  const facts = survey.facts(isRepaired("fpu", survey, goal));
  const path = pathOf(survey.index);
  const no = (why: string) => {
    throw new CrimgError("refused", why, path);
  };
  const left = taken === undefined ? tasks : [tasks[taken]!];
  for (const { step } of chain(dialect, goal.to)) {
    const why = step.refuses?.({ hasMemory, tasks: left, facts });
    if (why !== undefined) no(`cannot go from ${dialect.name} to ${goal.to.name}: ${why}`);
  }
  if (goal.series === "v5p2" && hasMemory)
    no("v5p2 restores no memory and no registers; v6p5 reads cr-1, too");
  const { used, size } = facts.fpu;
  if (goal.xstate !== undefined && used && size !== FXSAVE_SIZE && size !== XSAVE_SIZE) {
    no(
      `its FPU state has ${size} bytes (FSAVE), and only ${FXSAVE_SIZE} and ${XSAVE_SIZE} can be changed into each other`,
    );
  }
  if (
    goal.fds.length > 0 &&
    (dialect.byName("FILES") !== undefined || goal.to.byName("FILES") === undefined)
  ) {
    throw new CrimgError(
      "usage",
      `descriptors are invented where the image has none and the result some; from ${dialect.name} to ${goal.to.name} there is no such place`,
    );
  }
}

function pathOf(index: number): { readonly path?: string } {
  return index === 0 ? {} : { path: `image[${index}]` };
}

/** Where the dialect changes, everything is made as the reader wants it. */
function isRepaired(repair: Repair, { dialect }: Survey, { to, repair: asked = [] }: Goal): boolean {
  return dialect !== to || asked.includes(repair);
}

/** The second pass: what becomes of each image, in the order of the file. */
function* rewritten(
  size: number | undefined,
  formats: readonly StreamFormat[],
  place: WalkOptions,
  goal: Goal,
  surveys: readonly Survey[],
): Generator<Window | PlanStep, ConversionReport, void> {
  const report = new Report();
  const plan = new Plan();
  let current: Rewriting | undefined;
  for (const step of itemsOf(size, formats, place)) {
    if (step instanceof Window) {
      yield step;
      continue;
    }
    if (step.kind === "gap") plan.add({ offset: step.offset, length: step.length });
    else {
      if (current?.survey.index !== step.image.index) {
        current?.end();
        current = new Rewriting(surveyOf(surveys, step.image.index)!, goal, plan, report);
      }
      current.take(step);
    }
    yield* plan.take();
  }
  current?.end();
  yield* plan.finish();
  return report.finish({
    from: surveys[0]!.dialect.name,
    to: goal.to.name,
    series: goal.series,
    images: surveys.length,
  });
}

/** A pass of which only the report is wanted. */
function* unwritten(
  pass: Generator<Window | PlanStep, ConversionReport, void>,
): Generator<Window, ConversionReport, void> {
  for (;;) {
    const { done, value } = pass.next();
    if (done) return value;
    if (value instanceof Window) yield value;
  }
}

function refuseLoss({ entries, lossy }: ConversionReport): void {
  if (!lossy) return;
  const lost = entries.filter(({ loss }) => loss);
  const shown = lost.slice(0, 3).map(({ path, field }) => (field === null ? path : `${path} ${field}`));
  const more = lost.length > shown.length ? `, and ${lost.length - shown.length} more` : "";
  throw new CrimgError(
    "refused",
    `something would be lost, and --lossless forbids it: ${shown.join(", ")}${more}`,
  );
}

/** One image on its way. */
class Rewriting {
  private readonly emit: Emit;
  private isCut = false;

  constructor(
    readonly survey: Survey,
    goal: Goal,
    plan: Plan,
    private readonly report: Report,
  ) {
    const prefix = survey.index === 0 ? "" : `image[${survey.index}].`;
    const facts = survey.facts(isRepaired("fpu", survey, goal));
    const context = { goal, facts, report, prefix };
    this.emit = pipeline(stagesOf(survey, context), planner(plan, survey.dialect, goal.to, report));
  }

  take(item: Exclude<Item, { kind: "gap" }>): void {
    if (item.offset < this.survey.end) this.emit(pieceOf(item));
    else this.isCut = true;
  }

  /** Closes an image that is damaged further on. */
  end(): void {
    const { damage, index, end } = this.survey;
    if (damage === undefined || end === Number.POSITIVE_INFINITY) return;
    const path = `${index === 0 ? "" : `image[${index}].`}tail`;
    const why = "what is whole is kept, and closed";
    const old = this.isCut ? `all from 0x${end.toString(16)} on` : "the end of the image";
    this.report.add({ kind: "dropped", path: damage.path, record: "", field: null, old, why, loss: true });
    this.report.add({ kind: "invented", path, record: "TAIL", field: null, why });
    this.emit(invented("TAIL", path, { magic: MAGIC_TAIL }));
  }
}

function stagesOf(survey: Survey, context: Context): readonly Stage[] {
  const { dialect, deleted, sysenters, tasks, taken } = survey;
  const { goal } = context;
  const repairs = (repair: Repair) => isRepaired(repair, survey, goal);
  const stages: (Stage | false)[] = [
    // By the objrefs of the source, which the next one changes.
    goal.deleted === "drop" && withoutDeleted(context, deleted),
    goal.deleted === "create" && createDeleted(context, deleted),
    taken !== undefined && isOfSeveral(dialect) && onlyTask(context, dialect, { index: taken, tasks }),
    repairs("chunks") && trueCounts(context),
    repairs("tls") && noEmptyTls(context),
    repairs("fpu") && withoutPointers(context),
    ...chain(dialect, goal.to).map(({ step, back }) => stageOf(step, back, context)),
    repairs("fpu") && onlyUsableFpu(context),
    goal.vdso !== undefined && withInt80(context, sysenters),
    goal.xstate !== undefined && resizedFpu(context, goal.xstate),
    goal.kernel !== undefined && forKernel(context, goal.kernel),
    goal.zeroUndefined === true && zeroUndefined(context),
  ];
  return stages.filter(stage => stage !== false);
}

function isOfSeveral(dialect: Dialect): boolean {
  return dialect.byName("TREE") !== undefined;
}
