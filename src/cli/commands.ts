import * as completion from "./completion.js";
import * as convert from "./convert.js";
import * as decode from "./decode.js";
import * as dump from "./dump.js";
import * as encode from "./encode.js";
import * as formats from "./formats.js";
import * as info from "./info.js";
import * as join from "./join.js";
import * as split from "./split.js";
import * as verify from "./verify.js";

/** Every command, in the order of the help. */
export const commands = [
  dump,
  info,
  verify,
  convert,
  decode,
  encode,
  split,
  join,
  formats,
  completion,
] as const;
