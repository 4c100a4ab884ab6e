import { rule } from "../finding.js";

/**
 * How much of an image verify remembers. Checks that would need more stop there, and say so; everything else goes on.
 */

/** Memory areas of one task: four times what vm.max_map_count allows by default (65,536). 12 bytes each. */
export const AREAS_REMEMBERED = 256 * 1024;
/** Descriptor numbers of one table, one bit each: the default of fs.nr_open. */
export const DESCRIPTORS_REMEMBERED = 1024 * 1024;
/** Open files (objrefs) of one image, one bit each: four full descriptor tables. */
export const OBJECTS_REMEMBERED = 4 * 1024 * 1024;
/** Tasks of one image: more than i386 has pids. */
export const TASKS_REMEMBERED = 64 * 1024;
/** LDT entries of one task: LDT_ENTRIES, all that the CPU can address. One bit each. */
export const LDT_REMEMBERED = 8192;

/** Said once where a check stops at one of these. */
export const checkStopped = rule("check-stopped", {
  group: "structure",
  severity: "note",
  title: "A check stopped at its limit",
  why: "verify remembers a bounded part of an image; what goes beyond is not compared.",
  source: "src/verify/limits.ts",
});
