import { isatty } from "node:tty";
import { escapeText } from "../codec/escape.js";
import type { SyncSource } from "../source/source.js";

/** Milliseconds of a run before a bar is shown: nobody wonders earlier. */
const SHOWN_AFTER = 500;
/** Bytes read between two looks at the clock. */
const CLOCK_EVERY = 1024 * 1024;

/** Shows how far the reading of one input has come. */
export interface Progress {
  /** The same source, whose reads are counted. */
  watch(source: SyncSource): SyncSource;
  /** Takes the bar off the screen. */
  stop(): void;
}

/**
 * For a source that is read: a bar on stderr, with bytes, rate and time left, if that is a terminal and the run takes
 * longer than half a second. `flag` is `--progress` or `--no-progress`; a bar is never drawn between lines of output on
 * the same terminal.
 */
export async function progressOf(
  label: string,
  flag: boolean | undefined,
  printsToStdout: boolean,
): Promise<Progress> {
  const wanted = flag ?? (isatty(2) && !(printsToStdout && isatty(1)));
  if (!wanted) return { watch: source => source, stop() {} };
  const { SingleBar, Format } = await import("cli-progress");
  let size: number | undefined;
  const bar = new SingleBar({
    format(options, { progress, value, total, eta }, { label: name, rate }) {
      const rest = `${rate}/s  ${name}`;
      if (size === undefined) return `${bytesText(value)}  ${rest}`;
      const percent = String(Math.floor(100 * progress)).padStart(3);
      const left = eta > 0 ? `${Format.TimeFormat(eta, options, 1)} left  ` : "";
      return `${Format.BarFormat(progress, options)} ${percent}%  ${bytesText(value)} of ${bytesText(total)}  ${left}${rest}`;
    },
    barsize: 24,
    fps: 10,
    clearOnComplete: true,
    // A terminal that wraps no lines would be left behind by a run that is killed.
    linewrap: true,
    // Asked for, it is shown wherever stderr goes.
    noTTYOutput: flag === true,
    stream: process.stderr,
  });
  const begin = performance.now();
  let isShown = false;
  let looked = 0;
  const see = (end: number) => {
    if (Math.abs(end - looked) < CLOCK_EVERY) return;
    looked = end;
    const elapsed = performance.now() - begin;
    if (elapsed < SHOWN_AFTER) return;
    const payload = { label: escapeText(label).slice(0, 40), rate: bytesText((1000 * end) / elapsed) };
    if (isShown) bar.update(end, payload);
    else bar.start(size ?? end, end, payload);
    isShown = true;
  };
  return {
    watch(source) {
      size = source.size;
      return watched(source, see);
    },
    stop() {
      if (isShown) bar.stop();
      isShown = false;
    },
  };
}

/** The source, which tells how far each read goes. */
function watched(source: SyncSource, see: (end: number) => void): SyncSource {
  const { readInto } = source;
  return {
    get size() {
      return source.size;
    },
    get seekable() {
      return source.seekable;
    },
    get seen() {
      return source.seen;
    },
    read(offset, length) {
      const bytes = source.read(offset, length);
      see(offset + bytes.length);
      return bytes;
    },
    ...(readInto && {
      readInto(offset: number, target: Uint8Array) {
        const read = readInto(offset, target);
        see(offset + read);
        return read;
      },
    }),
    close: () => source.close?.(),
  } as SyncSource;
}

/** `1.2 GiB` */
function bytesText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
