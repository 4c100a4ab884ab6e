import type { ConversionContext } from "../formats/convert-facet.js";
import type { EmitPiece, Stage } from "../formats/convert-piece.js";
import type { Asking } from "../source/drive.js";
import { Window } from "../source/window.js";
import type { Item } from "../stream/item.js";
import { itemsOf } from "../stream/items.js";
import type { CheckedImage, ConversionJob } from "./conversion-job.js";
import { edgeStage } from "./edge-stage.js";
import { OutputPlan, type PlanStep } from "./output-plan.js";
import { pieceOf, pipeline, reportPlace } from "./piece.js";
import { pieceOutput } from "./piece-output.js";
import { ChangeCollector, type ConversionReport } from "./report.js";
import { zeroUndefined } from "./zero-undefined.js";

/** The second pass: what becomes of each image, in the order of the file. */
export function* rewriteImages(
  images: readonly CheckedImage[],
  job: ConversionJob,
): Asking<PlanStep, ConversionReport> {
  const { size, formats, walk, target } = job;
  const byIndex = new Map(images.map(checked => [checked.image.index, checked]));
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
      if (current?.checked.image.index !== index) {
        current?.end();
        current = new Rewriting(byIndex.get(index)!, job, plan, report);
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

/** One image on its way. */
class Rewriting {
  private readonly emit: EmitPiece;
  private isCut = false;

  constructor(
    readonly checked: CheckedImage,
    private readonly job: ConversionJob,
    plan: OutputPlan,
    private readonly report: ChangeCollector,
  ) {
    const output = pieceOutput(plan, checked.image, checked.target.dialect, report);
    this.emit = pipeline(stagesOf(checked, job, { ...checked, report }), output);
  }

  take(item: Exclude<Item, { kind: "gap" }>): void {
    if (item.offset < this.checked.end) this.emit(pieceOf(item));
    else this.isCut = true;
  }

  /** Closes an image that is damaged further on. */
  end(): void {
    const { report, checked, job } = this;
    const { image, damage, end } = checked;
    if (damage === undefined || end === Number.POSITIVE_INFINITY) return;
    const closing = job.facet.closing(image);
    const why = "what is whole is kept, and closed";
    const old = this.isCut ? `all from 0x${end.toString(16)} on` : "the end of the image";
    report.add({ kind: "dropped", path: damage.path, record: "", field: null, old, why, loss: true });
    report.add({ kind: "invented", ...reportPlace(closing), why });
    this.emit(closing);
  }
}

function stagesOf(
  { route }: CheckedImage,
  { facet, options }: ConversionJob,
  context: ConversionContext,
): readonly Stage[] {
  const { before = [], after = [] } = facet.stages?.(context) ?? {};
  return [
    ...before,
    ...route.map(edge => edgeStage(edge, facet, context)),
    ...after,
    ...(options.zeroUndefined ? [zeroUndefined(context)] : []),
  ];
}
