import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

const folder = new URL("../fixtures/verdicts/", import.meta.url);
const samples = new URL("../../samples/", import.meta.url);

/** The kernels that were asked, by the names they have in the tables. */
export const kernels = {
  "k-v5p2": "v5p2",
  "k-v6p5": "v6p5",
  "k-v6nd": "v6",
  "k-v6dbg": "v6",
  "k-v8": "v8",
  "k-v9": "v9",
  l28: "v13",
};

/** Damaged images of one series, by the name of what was changed. */
function images(series) {
  const text = brotliDecompressSync(readFileSync(new URL(`${series}.images.br`, folder))).toString();
  return new Map(
    text
      .trimEnd()
      .split("\n")
      .map(line => {
        const { name, base64 } = JSON.parse(line);
        return [name, new Uint8Array(Buffer.from(base64, "base64"))];
      }),
  );
}

function table(name) {
  const [heading, ...lines] = readFileSync(new URL(`${name}.tsv`, folder), "utf8")
    .trimEnd()
    .split("\n");
  const titles = heading.split("\t");
  return lines.map(line => ({
    line,
    ...Object.fromEntries(line.split("\t").map((cell, i) => [titles[i], cell])),
  }));
}

/** The paths an image names: on the machine that was asked, exactly those of the unchanged image existed. */
function pathsIn(bytes) {
  const text = Buffer.from(bytes).toString("latin1");
  return new Set(text.match(/\/[a-z][a-z0-9/.]*(?=\0)/g) ?? []);
}

const pentium3 = { has_fxsr: 1, has_xsave: 0, xstate_size: 512 };

/**
 * Every restart that a booted kernel did: the image, what the model is told of the machine, and what the kernel
 * answered. `excuse` says why a row is no fact about its series.
 */
export function rows() {
  return [...damaged(), ...crossRestarts(), ...severalTasks()];
}

function damaged() {
  return ["v5p2", "v6", "v9", "v13"].flatMap(series => {
    const found = images(series);
    const paths = pathsIn(found.get("00_unmodified"));
    const kernel = series === "v13" ? [2, 6, 28] : [2, 6, 27];
    return table(series).map(({ variant, change, kernel_ret, file_pos_at_return, rstr_saw }) => ({
      group: series,
      name: variant,
      change,
      series,
      bytes: found.get(variant),
      options: { kernel, fpu: pentium3, exists: path => paths.has(path) },
      expected: {
        returns: Number(kernel_ret),
        position: Number(file_pos_at_return),
        visible: rstr_saw.startsWith("returned"),
      },
    }));
  });
}

function crossRestarts() {
  const dialects = { v5p2: "cr-1", v6p5: "cr-1", v6: "cr-2", v8: "cr-2", v9: "cr-3a" };
  return table("cross-restart").map(
    ({ image, kernel, sys_restart_ret, file_pos, caller_saw, process_end, line }) => {
      const [series, name] = image.split("/");
      const bytes = new Uint8Array(
        readFileSync(new URL(`${dialects[series]}/${series}-${name}.img`, samples)),
      );
      return {
        group: "cross-restart",
        name: `${image} on ${kernel}`,
        change: "none",
        series: kernels[kernel],
        bytes,
        options: { kernel: [2, 6, 27], fpu: pentium3 },
        expected: {
          returns: Number(sys_restart_ret),
          position: Number(file_pos),
          visible: caller_saw !== "-",
        },
        ...(process_end.startsWith("signal") && { death: process_end }),
        ...(line.includes("NOT a fact") && { excuse: "that kernel restores one task only" }),
      };
    },
  );
}

function severalTasks() {
  const found = images("multitask");
  const single = images("v13");
  return table("multitask").map(row => {
    const name = row.image.split("/")[1];
    const alone = row.base === "tls1";
    const bytes = alone
      ? withTasks(single.get("00_unmodified"), Number(/nr([0-9]+)/.exec(name)[1]))
      : found.get(name);
    const others = [...row["other tasks"].matchAll(/pid ([0-9]+) restart ret (-?[0-9]+)/g)].map(match =>
      Number(match[2]),
    );
    return {
      group: "multitask",
      name,
      change: name,
      series: "v13",
      bytes,
      options: { kernel: [2, 6, 28], fpu: pentium3, ...(alone && { restarters: 1 }) },
      expected: {
        returns: Number(row["sys_restart_ret(root)"]),
        position: Number(row.file_pos),
        visible: row.caller_saw !== "-",
        others,
        blocked: row.blocked === "STILL",
      },
    };
  });
}

/** The same image with another TREE.tasks_nr (at 0x100): these rows' own files are not kept. */
function withTasks(bytes, count) {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(0x100, count, true);
  return copy;
}
