import type { Abi } from "../../codec/abi.js";
import type { Framing } from "../../stream/framing.js";
import { header } from "./records.js";

/** `cr_hdr`: `len` counts the payload alone, and is signed. */
export const framing: Framing = {
  header,
  payload: len => len,
  len: payload => payload,
  most: 0x7fff,
};

/** The patches of 2008 build on i386 only. */
export const i386: Abi = { order: "little", word: 4, page: 4096, arch: "i386" };
