import type { Judge, JudgeInput } from "../../verify-facet.js";
import { Areas } from "./areas.js";
import { Descriptors } from "./descriptors.js";
import { Fpu } from "./fpu.js";
import { Head } from "./head.js";
import { OpenFiles } from "./open-files.js";
import { Pages } from "./pages.js";
import { Parents } from "./parents.js";
import { Registers } from "./registers.js";
import { Segments } from "./segments.js";
import { Strings } from "./strings.js";
import { Tasks } from "./tasks.js";

/** Those who judge one image, group by group: what is wrong with one item is said in this order. */
export function judgesOf({ say, fields, series }: JudgeInput): readonly Judge[] {
  const areas = new Areas(say);
  const segments = new Segments(say);
  return [
    // structure
    new Head(say),
    fields,
    new Strings(say),
    // references
    new Parents(say),
    new Tasks(say),
    new Descriptors(say),
    // sense
    areas,
    new Pages(say, areas),
    segments,
    new Registers(say, areas, segments),
    new Fpu(say, series),
    new OpenFiles(say),
  ];
}
