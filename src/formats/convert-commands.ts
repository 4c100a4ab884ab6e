import type { ConvertCommand } from "./convert-facet.js";
import { convertCommand as cr } from "./cr/convert/options.js";

/**
 * What formats add to `crimg convert`, in the order of the registry (a test holds this list against it). Help and
 * completion show it, and must not wait for what reads images, which the registry loads.
 */
export const convertCommands: readonly ConvertCommand[] = [cr];
