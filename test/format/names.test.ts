import { describe, expect, test } from "vitest";
import { FileMode, OpenFlags, Signal, VmFlags } from "../../src/formats/linux/names.js";
import { PageProt, selectorName } from "../../src/formats/x86/names.js";

describe("a segment selector is named by what it points at", () => {
  test.each([
    [0x73, "USER_CS"],
    [0x7b, "USER_DS"],
    [0x33, "TLS[0]"],
    [0x3b, "TLS[1]"],
    [0x43, "TLS[2]"],
    [0x0f, "LDT[1]"],
    [0x07, "LDT[0]"],
    [0x1f, "LDT[3]"],
    [0x60, "KERNEL_CS rpl 0"],
    [0x4b, "GDT[9]"],
    [0x06, "LDT[0] rpl 2"],
  ])("0x%x is %s", (selector, name) => {
    expect(selectorName(selector)).toBe(name);
  });

  test.each([0, 1, 2, 3])("%i is null: entry 0 of the GDT, whatever its RPL", selector => {
    expect(selectorName(selector)).toBe("null");
  });
});

describe("flags and enumerations", () => {
  test.each([VmFlags, PageProt, FileMode, OpenFlags])("$name: no two names for the same bits", ({ bits }) => {
    const keys = Object.values(bits).map(bit =>
      typeof bit === "number" ? `${bit}/${bit}` : `${bit.value}/${bit.mask}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each([VmFlags, PageProt, FileMode, OpenFlags])(
    "$name: a masked value lies under its mask",
    ({ bits }) => {
      for (const bit of Object.values(bits)) {
        const { mask, value } = typeof bit === "number" ? { mask: bit, value: bit } : bit;
        expect(value & ~mask).toBe(0);
        expect(mask).toBeGreaterThan(0);
      }
    },
  );

  test("SIGCHLD is 17, as exit_signal of every sample", () => {
    expect(Signal.values["CHLD"]).toBe(17);
  });
});
