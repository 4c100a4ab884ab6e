import { describe, expect, test } from "vitest";
import { VmFlags } from "../../../../src/formats/linux/names.js";
import { bytesSource } from "../../../../src/source/source.js";
import { convertBytes } from "../../../convert/converter.js";
import { walkSync } from "../../../engines.js";
import { samples } from "../../../format/samples.js";

/** __kernel_vsyscall of 2.6.27: push %ecx; push %edx; push %ebp; mov %esp,%ebp; sysenter. */
const SYSENTER = [0x51, 0x52, 0x55, 0x89, 0xe5, 0x0f, 0x34];
/** int $0x80; ret */
const INT80 = [0xcd, 0x80, 0xc3];
/** Where it stands in the vdso's page. */
const ENTRY = 0x414;

/**
 * No image at hand has the vdso's page (those programs enter the kernel otherwise), so the stack of one, which is
 * anonymous and has pages, is made to look like it.
 */
function withVdso(code: readonly number[]): { readonly bytes: Uint8Array; readonly page: number } {
  const bytes = new Uint8Array(samples.find(({ name }) => name === "v8-fpu.img")!.bytes);
  let area = 0;
  let page = 0;
  for (const item of walkSync(bytesSource(bytes))) {
    if (item.kind === "record" && item.name === "VMA" && item.fields.vma_type === 1) area = item.offset;
    if (item.kind === "raw" && item.block.extent && item.path.startsWith("task[0].mm.vma[6]"))
      page = item.offset;
  }
  const view = new DataView(bytes.buffer);
  const flagsAt = area + 8 + 32;
  const flags = view.getBigUint64(flagsAt, true) | BigInt(VmFlags.bits["ALWAYSDUMP"] as number);
  view.setBigUint64(flagsAt, flags, true);
  bytes.set(code, page + ENTRY);
  return { bytes, page };
}

describe("--vdso int80", () => {
  test("changes the bytes that enter the kernel, and no others", () => {
    const { bytes, page } = withVdso(SYSENTER);
    const expected = new Uint8Array(bytes);
    expected.set(INT80, page + ENTRY);
    const converted = convertBytes(bytes, { to: "cr-2", vdso: "int80" });
    expect(converted.bytes).toEqual(expected);
    expect(converted.report.entries).toMatchObject([
      { kind: "changed", record: "pages", old: "51 52 55", new: "cd 80 c3", loss: true, count: 1 },
    ]);
  });

  test("does so on the way to another dialect, too", () => {
    const { bytes } = withVdso(SYSENTER);
    const plain = convertBytes(bytes, { to: "cr-3b" }).bytes;
    const changed = convertBytes(bytes, { to: "cr-3b", vdso: "int80" }).bytes;
    const differing = [...changed.keys()].filter(i => changed[i] !== plain[i]);
    expect(differing.map(i => changed[i])).toEqual(INT80);
  });

  test("refuses an image whose vdso is not there, or enters otherwise: nothing would change", () => {
    const { bytes } = withVdso([0xcd, 0x80, 0xc3]);
    expect(() => convertBytes(bytes, { to: "cr-2", vdso: "int80" })).toThrow(/SYSENTER/);
  });
});
