import { VmFlags } from "../../../src/formats/linux/names.js";
import { overwritten, withField } from "../../image/splice.js";
import type { Mutator } from "./mutator.js";
import { itemsOf } from "./places.js";

/** push %ecx; push %edx; push %ebp; mov %esp,%ebp; sysenter */
const code = Uint8Array.of(0x51, 0x52, 0x55, 0x89, 0xe5, 0x0f, 0x34);

/** An area with pages becomes a vdso that enters the kernel by SYSENTER, perhaps at the very end of a page. */
export const plantVdso: Mutator = (image, random) => {
  const items = itemsOf(image);
  const pages = items.filter(item => item.kind === "raw" && item.name === "pages");
  if (pages.length === 0) return image;
  const page = random.pick(pages);
  const area = items.findLast(
    item => item.kind === "record" && item.name === "VMA" && item.offset < page.offset,
  );
  if (area?.kind !== "record") return image;
  const marked = withField(image, area, "vm_flags", VmFlags.bits["ALWAYSDUMP"] as number);
  return overwritten(marked, page.offset + random.pick([0, 0x414, 4096 - code.length, 4096 - 3]), code);
};
