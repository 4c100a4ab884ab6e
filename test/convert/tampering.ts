import { xstate } from "../../src/formats/cr/raw.js";
import { header, pids } from "../../src/formats/cr/records.js";
import { collect, rawBlocks, records } from "../image/collect.js";
import { littleEndian, overwritten, recordNamed, withField } from "../image/splice.js";

/** What no converter does: how the images of some controls differ from a converted one. By `then` of their rows. */
export const tampering: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  "has_fxsr is 0": bytes => withField(bytes, recordNamed(bytes, "CPU"), "has_fxsr", 0),
  "pids are 0": bytes => overwritten(bytes, rawNamed(bytes, "pids").offset, new Uint8Array(pids.size)),
  "FNAME is 4": bytes =>
    records(collect(bytes))
      .filter(({ name }) => name === "FNAME")
      .reduce((made, { offset }) => overwritten(made, offset, littleEndian(4, typeSize)), bytes),
  "HEAD_ARCH says 512": bytes => {
    const without = withField(bytes, recordNamed(bytes, "HEAD_ARCH"), "has_xsave", 0);
    return withField(without, recordNamed(bytes, "HEAD_ARCH"), "xstate_size", 512);
  },
  "xstate_bv is 0": bytes => withFeatures(bytes, 0),
  "xstate_bv is 255": bytes => withFeatures(bytes, 255),
};

const typeSize = header.fields.type.size;
/** Where in an XSAVE area its header begins: xstate_bv, the parts that are there. */
const XSTATE_BV = 512;

function withFeatures(bytes: Uint8Array, features: number): Uint8Array {
  const { offset } = rawNamed(bytes, xstate.name);
  return overwritten(bytes, offset + XSTATE_BV, littleEndian(features, 8));
}

function rawNamed(bytes: Uint8Array, name: string) {
  const found = rawBlocks(collect(bytes)).find(item => item.name === name);
  if (found === undefined) throw new Error(`no ${name} in this image`);
  return found;
}
