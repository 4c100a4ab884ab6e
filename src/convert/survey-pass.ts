import { CrimgError } from "../errors.js";
import type { Finding } from "../finding.js";
import type { Asking } from "../source/drive.js";
import { Window } from "../source/window.js";
import { itemsOf } from "../stream/items.js";
import type { CheckedImage, ConversionJob } from "./conversion-job.js";
import { ImageSurvey } from "./image-survey.js";
import { shortestRoute } from "./route.js";

/** The first pass: what must be known of each image before it is written. Throws if one cannot be carried to the target. */
export function* surveyImages(job: ConversionJob): Asking<never, readonly CheckedImage[]> {
  const surveys = yield* surveysOf(job);
  return surveys.map(survey => checked(survey, job));
}

/** Images converted in one go: what is known of each stays in memory, some 1 KB, until all is written. */
const IMAGES = 10_000;

function* surveysOf(job: ConversionJob): Asking<never, ImageSurvey[]> {
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
  const preview = facet.previewOf?.(goal) ?? 0;
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
        // From another format than that of the first image there is no way, so the facet sees nothing of it.
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

/** The image that a path is in: `image[1].task[0]` is in image 1. */
function imageOf(path: string): number {
  return Number(/^image\[(\d+)\]/.exec(path)?.[1] ?? 0);
}

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
  facet.check?.(found);
  return { ...found, route, damage, end };
}
