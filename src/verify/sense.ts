import type { Item } from "../image/item.js";
import { Areas } from "./areas.js";
import { Fpu } from "./fpu.js";
import type { Judge, Say } from "./judge.js";
import { OpenFiles } from "./open-files.js";
import { Pages } from "./pages.js";
import { Registers } from "./registers.js";
import { Segments } from "./segments.js";

/** Can a process have been as one image says? */
export class Sense implements Judge {
  private readonly judges: readonly Judge[];

  constructor(say: Say) {
    const areas = new Areas(say);
    const segments = new Segments(say);
    this.judges = [
      areas,
      new Pages(say),
      segments,
      new Registers(say, areas, segments),
      new Fpu(say),
      new OpenFiles(say),
    ];
  }

  add(item: Item): void {
    for (const judge of this.judges) judge.add(item);
  }
}
