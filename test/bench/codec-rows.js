import { encodeTable, parserOf } from "../../dist/codec/index.js";
import { dialectNamed } from "../../dist/index.js";

const COUNT = 100_000;

/** Codecs against a loop written by hand, over the payloads of `COUNT` VMAs. A ratio above 1 means faster than the loop. */
export function codecRows() {
  const { VMA: vma } = dialectNamed("cr-2").tables;
  const values = {
    vma_type: 2,
    _padding: 0,
    vm_start: 0x8048000n,
    vm_end: 0x8049000n,
    vm_page_prot: 0x25n,
    vm_flags: 0x8001871n,
    vm_pgoff: 1n,
  };
  const one = encodeTable(vma, values, "little");
  const bytes = new Uint8Array(COUNT * vma.size);
  for (let i = 0; i < COUNT; i++) bytes.set(one, i * vma.size);
  const view = new DataView(bytes.buffer);
  const decode = vma.at("little").decode;
  const encode = vma.at("little").encode;
  const parser = parserOf(vma, "little");
  // What is decoded must be used, or the loop may be optimised away.
  const used = { sum: 0n };

  const timed = body => () => {
    const begin = performance.now();
    body();
    return { ms: performance.now() - begin };
  };
  const each = body =>
    timed(() => {
      for (let at = 0; at < bytes.length; at += vma.size) body(at);
    });
  const handDecode = each(at => {
    used.sum += readByHand(view, at).vm_start;
  });
  const handEncode = each(at => writeByHand(view, at, values));
  const speed = row => ({ ...row, subject: row.yardstick, yardstick: row.subject });
  return [
    // Turned around, so that the ratio is the part of the loop's speed that is reached.
    speed({
      name: "codec decode VMA",
      bound: ">= 0.2x of hand-written",
      subject: each(at => {
        used.sum += decode(view, at, vma.size).vm_start;
      }),
      yardstick: handDecode,
    }),
    speed({
      name: "codec decode VMA, binary-parser",
      bound: "for comparison",
      subject: each(at => {
        used.sum += parser.parse(bytes.subarray(at, at + vma.size)).vm_start;
      }),
      yardstick: handDecode,
    }),
    speed({
      name: "codec encode VMA",
      bound: ">= 0.6x of hand-written",
      subject: each(at => encode(view, at, values)),
      yardstick: handEncode,
    }),
  ];
}

function readByHand(view, at) {
  return {
    vma_type: view.getUint32(at, true),
    _padding: view.getUint32(at + 4, true),
    vm_start: view.getBigUint64(at + 8, true),
    vm_end: view.getBigUint64(at + 16, true),
    vm_page_prot: view.getBigUint64(at + 24, true),
    vm_flags: view.getBigUint64(at + 32, true),
    vm_pgoff: view.getBigUint64(at + 40, true),
  };
}

function writeByHand(view, at, f) {
  view.setUint32(at, f.vma_type, true);
  view.setUint32(at + 4, f._padding, true);
  view.setBigUint64(at + 8, f.vm_start, true);
  view.setBigUint64(at + 16, f.vm_end, true);
  view.setBigUint64(at + 24, f.vm_page_prot, true);
  view.setBigUint64(at + 32, f.vm_flags, true);
  view.setBigUint64(at + 40, f.vm_pgoff, true);
}
