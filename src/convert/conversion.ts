import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import type {
  ConversionContext,
  ConversionTarget,
  ConvertFacet,
  ConvertOptions,
  DialectEdge,
  SurveyedImage,
} from "../formats/convert-facet.js";
import type { EmitPiece, Stage } from "../formats/convert-piece.js";
import type { Format } from "../formats/format.js";
import type { Asking } from "../source/drive.js";
import type { Source } from "../source/source.js";
import { Window } from "../source/window.js";
import type { ImageStart, Item } from "../stream/item.js";
import { itemsOf } from "../stream/items.js";
import type { WalkOptions } from "../stream/walk.js";
import { edgeStage } from "./edge-stage.js";
import type { ConvertFacets } from "./facets.js";
import { ImageSurvey } from "./image-survey.js";
import { OutputPlan, type PlanStep } from "./output-plan.js";
import { pieceOf, pipeline, reportPlace } from "./piece.js";
import { pieceOutput } from "./piece-output.js";
import { ChangeCollector, type ConversionReport } from "./report.js";
import { shortestRoute } from "./route.js";
import { targetOf, walkOptionsOf } from "./target.js";
import { zeroUndefined } from "./zero-undefined.js";

/**
 * The passes of a conversion over one input. The first learns what must be known before the first byte can be written;
 * with `lossless` the second only sees what would be lost. Does no I/O: yields the window that wants bytes, or a step.
 */
export function* conversion(
  { size, seekable }: Pick<Source, "size" | "seekable">,
  formats: readonly Format[],
  facets: ConvertFacets,
  options: ConvertOptions,
): Asking<PlanStep, ConversionReport> {
  if (!seekable) {
    throw new CrimgError("usage", "only an input that can be read twice can be converted: a file, or bytes");
  }
  const walk = walkOptionsOf(options, formats);
  const first = yield* firstImage(size, formats, walk);
  const target = targetOf(options, first.dialect, formats);
  const facet = facetOf(first, facets);
  const goal = facet.goalOf(options, target);
  const job: ConversionJob = { size, formats, walk, options, target, facet, goal };
  const images = (yield* surveyed(job)).map(survey => checked(survey, job));
  if (options.lossless) refuseLoss(yield* reportOnly(rewritten(images, job)));
  return yield* rewritten(images, job);
}

/** What is converted, and what for. */
interface ConversionJob {
  readonly size: number | undefined;
  readonly formats: readonly Format[];
  readonly walk: WalkOptions;
  readonly options: ConvertOptions;
  readonly target: ConversionTarget;
  readonly facet: ConvertFacet;
  /** What the options of the format ask for. */
  readonly goal: unknown;
}

/** An image that can be converted, and how. */
interface CheckedImage extends SurveyedImage {
  readonly route: readonly DialectEdge[];
  /** The first thing that is wrong with it, if it is converted as far as it is whole. */
  readonly damage: Finding | undefined;
  /** Offset from which on nothing of it is used. */
  readonly end: number;
}

/** The first image that the options choose. */
export function* firstImage(
  size: number | undefined,
  formats: readonly Format[],
  walk: WalkOptions,
): Asking<never, ImageStart> {
  for (const step of itemsOf(size, formats, walk)) {
    if (step instanceof Window) yield step;
    else if (step.kind !== "gap") return step.image;
  }
  throw new CrimgError("not-an-image", "the input holds no image");
}

/** What the format of an image brings to convert; `refused` if that is nothing. */
export function facetOf({ format, dialect }: ImageStart, facets: ConvertFacets): ConvertFacet {
  const facet = facets.get(format.id);
  if (facet !== undefined) return facet;
  throw new CrimgError("refused", `images of ${dialect.name} cannot be converted: no way from it is known`);
}

/** The first pass: a survey of each image. */
function* surveyed(job: ConversionJob): Asking<never, ImageSurvey[]> {
  const { size, formats, walk, facet, target, goal, options } = job;
  const surveys: ImageSurvey[] = [];
  let heard: [Finding, boolean][] = [];
  // A finding comes before the item it stands at, and so perhaps before its image is known.
  const deliver = () => {
    if (heard.length === 0) return;
    for (const said of heard) {
      const index = imageOf(said[0].path);
      surveys.findLast(({ image }) => image.index === index)?.finding(...said);
    }
    heard = [];
  };
  const onFinding = (finding: Finding, isDamage: boolean) => {
    heard.push([finding, isDamage]);
  };
  const preview = facet.previewOf(goal);
  for (const step of itemsOf(size, formats, { ...walk, preview, onFinding })) {
    if (step instanceof Window) yield step;
    else if (step.kind !== "gap") {
      const { image } = step;
      let survey = surveys.at(-1);
      if (survey?.image.index !== image.index) {
        survey?.refuseDamage(options.partial === true);
        if (surveys.length === IMAGES) {
          throw new CrimgError("refused", `more than ${IMAGES} images in one input: convert them one by one`);
        }
        // Of another format than the first image there is no way: what it brings to convert is never asked.
        const route = shortestRoute(facet.edges, image.dialect, target.dialect);
        survey = new ImageSurvey(image, route, facet.surveyor(image, target, goal));
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

/** The image that a path is in: `image[1].task[0]` is in image 1. */
function imageOf(path: string): number {
  return Number(/^image\[(\d+)\]/.exec(path)?.[1] ?? 0);
}

/** Throws if an image cannot be carried to the target. */
function checked(survey: ImageSurvey, { facet, target, goal, options }: ConversionJob): CheckedImage {
  survey.refuseDamage(options.partial === true);
  const { image, route, damage, end, surveyor } = survey;
  const { dialect, index } = image;
  const found = { image, target, goal, survey: surveyor.survey() };
  for (const { refuses } of route) {
    const why = refuses?.(found);
    if (why === undefined) continue;
    throw new CrimgError(
      "refused",
      `cannot go from ${dialect.name} to ${target.dialect.name}: ${why}`,
      index === 0 ? {} : { path: `image[${index}]` },
    );
  }
  facet.check(found);
  return { ...found, route, damage, end };
}

/** The second pass: what becomes of each image, in the order of the file. */
function* rewritten(images: readonly CheckedImage[], job: ConversionJob): Asking<PlanStep, ConversionReport> {
  const { size, formats, walk, target } = job;
  const report = new ChangeCollector();
  const plan = new OutputPlan();
  let current: Rewriting | undefined;
  for (const step of itemsOf(size, formats, walk)) {
    if (step instanceof Window) {
      yield step;
      continue;
    }
    if (step.kind === "gap") plan.add({ offset: step.offset, length: step.length });
    else {
      const { index } = step.image;
      if (current?.image.image.index !== index) {
        current?.end();
        const found = images.findLast(({ image }) => image.index === index)!;
        current = new Rewriting(found, job, plan, report);
      }
      current.take(step);
    }
    yield* plan.take();
  }
  current?.end();
  yield* plan.finish();
  return report.finish({
    from: images[0]!.image.dialect.name,
    to: target.dialect.name,
    series: target.series,
    images: images.length,
  });
}

/** A pass of which only the report is wanted. */
function* reportOnly(pass: Asking<PlanStep, ConversionReport>): Asking<never, ConversionReport> {
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
  private readonly emit: EmitPiece;
  private readonly facet: ConvertFacet;
  private isCut = false;

  constructor(
    readonly image: CheckedImage,
    { facet, options }: ConversionJob,
    plan: OutputPlan,
    private readonly report: ChangeCollector,
  ) {
    this.facet = facet;
    const output = pieceOutput(plan, image.image, image.target.dialect, report);
    this.emit = pipeline(stagesOf(image, facet, options, { ...image, report }), output);
  }

  take(item: Exclude<Item, { kind: "gap" }>): void {
    if (item.offset < this.image.end) this.emit(pieceOf(item));
    else this.isCut = true;
  }

  /** Closes an image that is damaged further on. */
  end(): void {
    const { report, image } = this;
    const { damage, end } = image;
    if (damage === undefined || end === Number.POSITIVE_INFINITY) return;
    const closing = this.facet.closing(image.image);
    const why = "what is whole is kept, and closed";
    const old = this.isCut ? `all from 0x${end.toString(16)} on` : "the end of the image";
    report.add({ kind: "dropped", path: damage.path, record: "", field: null, old, why, loss: true });
    report.add({ kind: "invented", ...reportPlace(closing), why });
    this.emit(closing);
  }
}

function stagesOf(
  { route }: CheckedImage,
  facet: ConvertFacet,
  options: ConvertOptions,
  context: ConversionContext,
): readonly Stage[] {
  const { before, after } = facet.stages(context);
  return [
    ...before,
    ...route.map(edge => edgeStage(edge, facet, context)),
    ...after,
    ...(options.zeroUndefined ? [zeroUndefined(context)] : []),
  ];
}
