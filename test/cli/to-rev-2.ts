import { convertBytes } from "../convert/converter.js";
import { sampleBytes } from "../format/samples.js";
import { type Workplace, workplaces } from "./workplace.js";

/** An image of one task. */
export const image = sampleBytes("cr-3b/v13-tls1.img");

/** What becomes of it: other tests ask whether that is right, those of the command whether all of it is there. */
export const converted = convertBytes(image, { to: "cr-2" }).bytes;

/** An image of several tasks, which rev 2 has no place for. */
export const tree = sampleBytes("cr-3b/v13-tree.img");
/** Their pids. */
export const pids = [170, 171, 172, 173, 174];

/** `workplaces`, and such with an image in them. */
export function places() {
  const newWorkplace = workplaces();
  return {
    newWorkplace,
    withImage(bytes = image): Workplace {
      const place = newWorkplace();
      place.put("in.img", bytes);
      return place;
    },
  };
}

/** The arguments that convert the image of a workplace. */
export function toRev2(place: Workplace, ...more: readonly string[]): string[] {
  return ["convert", place.path("in.img"), "--to-rev", "2", ...more];
}
