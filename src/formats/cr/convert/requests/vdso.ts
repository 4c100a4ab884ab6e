import { reportPlace } from "../../../../convert/piece.js";
import { CrimgError } from "../../../../errors.js";
import type { Extent } from "../../../../source/extent.js";
import type { Piece, RawPiece, Stage } from "../../../convert-piece.js";
import { VmFlags } from "../../../linux/names.js";
import type { RecordFields } from "../../records.js";
import type { CrContext } from "../context.js";

/** push %ecx; push %edx; push %ebp; mov %esp,%ebp; sysenter: __kernel_vsyscall, at 0x414 in the vdso of 2.6.27. */
const SYSENTER = [0x51, 0x52, 0x55, 0x89, 0xe5, 0x0f, 0x34];
/** int $0x80; ret. */
const INT80 = [0xcd, 0x80, 0xc3];

/** Bytes of page contents that the survey must have at hand to find the code. */
export const VDSO_PREVIEW = 4096;

/** True for the area of the vdso: the only anonymous one that the kernel always writes into core dumps. */
export function isVdso({ vma_type, vm_flags }: RecordFields["VMA"]): boolean {
  return vma_type === 1 && (vm_flags & BigInt(VmFlags.bits["ALWAYSDUMP"] as number)) !== 0n;
}

/** Where in the file the vdso enters the kernel; undefined if its first page does not by SYSENTER. */
export function findSysenter(pages: Uint8Array, offset: number): number | undefined {
  for (let at = pages.indexOf(SYSENTER[0]!); at >= 0; at = pages.indexOf(SYSENTER[0]!, at + 1)) {
    if (SYSENTER.every((byte, i) => pages[at + i] === byte)) return offset + at;
  }
  return undefined;
}

/** `--vdso int80`: has the vdso enter the kernel by `int 0x80`, at these offsets of the source. */
export function withInt80({ report, survey: { sysenters: offsets } }: CrContext): Stage {
  if (offsets.length === 0) {
    throw new CrimgError(
      "malformed",
      "no page of the image enters the kernel by SYSENTER from the vdso, so there is nothing to change",
    );
  }
  return emit => piece => {
    for (const part of patched(piece, offsets)) emit(part);
    if (piece.kind !== "raw" || !offsets.some(offset => contains(piece, offset))) return;
    report.add({
      kind: "changed",
      ...reportPlace(piece),
      old: hexText(SYSENTER.slice(0, INT80.length)),
      new: hexText(INT80),
      why: "SYSENTER would return to where the vdso of the restarter was",
      loss: true,
    });
  };
}

/** The pieces that a block of pages falls into when bytes in it are changed. */
function patched(piece: Piece, offsets: readonly number[]): readonly Piece[] {
  if (piece.kind !== "raw" || piece.body instanceof Uint8Array) return [piece];
  const pieces: Piece[] = [];
  let { offset, length } = piece.body;
  const end = offset + length;
  for (const at of offsets.filter(candidate => contains(piece, candidate))) {
    length = at - offset;
    pieces.push({ ...piece, body: { offset, length } }, { ...piece, body: Uint8Array.from(INT80) });
    offset = at + INT80.length;
  }
  return [...pieces, { ...piece, body: { offset, length: end - offset } }];
}

function contains({ body }: RawPiece, offset: number): boolean {
  const { offset: start, length } = body as Partial<Extent>;
  return start !== undefined && offset >= start && offset < start + length!;
}

function hexText(bytes: readonly number[]): string {
  return bytes.map(byte => byte.toString(16).padStart(2, "0")).join(" ");
}
