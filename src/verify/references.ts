import type { Item } from "../image/item.js";
import { Descriptors } from "./descriptors.js";
import type { Judge, Say } from "./judge.js";
import { Parents } from "./parents.js";
import { Tasks } from "./tasks.js";

/** Do the numbers of one image that stand for something elsewhere mean something that is there? */
export class References implements Judge {
  private readonly judges: readonly Judge[];

  constructor(say: Say) {
    this.judges = [new Parents(say), new Tasks(say), new Descriptors(say)];
  }

  add(item: Item): void {
    for (const judge of this.judges) judge.add(item);
  }
}
