import type { Target } from "./target.js";

/** What a call of the library took. */
export interface Cost {
  readonly call: string;
  readonly seconds: number;
  /** Bytes of memory that the process grew by, as far as it shows: 0 below what it had grown to before. */
  readonly growth: number;
}

/** What SECURITY.md promises of any call on an input of up to 1 MiB. */
const SECONDS_MOST = 2;
const GROWTH_MOST = 150 * 1024 * 1024;

/** Measures calls of the library. */
export class Calls {
  /** The dearest one so far. */
  worst: Cost | undefined;

  timed<T>(call: string, action: () => T): T {
    const end = this.begin(call);
    try {
      return action();
    } finally {
      end();
    }
  }

  async timedAsync<T>(call: string, action: () => Promise<T>): Promise<T> {
    const end = this.begin(call);
    try {
      return await action();
    } finally {
      end();
    }
  }

  private begin(call: string): () => void {
    const resident = process.memoryUsage.rss();
    const peak = peakMemory();
    const cpu = process.cpuUsage();
    const start = performance.now();
    return () => {
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      // On a busy machine the wall clock counts what others do; the CPU clock counts V8's own threads.
      const seconds = Math.min(wall, (user + system) / 1000) / 1000;
      const after = peakMemory();
      const cost = { call, seconds, growth: after > peak ? after - resident : 0 };
      if (this.worst === undefined || dearness(cost) > dearness(this.worst)) this.worst = cost;
    };
  }
}

/** How much of what is allowed a call took: 1 is all of it. Memory counts where the target itself keeps nothing. */
export function share(cost: Cost, { keeps }: Target): number {
  return keeps === "nothing" ? dearness(cost) : cost.seconds / SECONDS_MOST;
}

export function costText({ call, seconds, growth }: Cost): string {
  return `${call}: ${seconds.toFixed(2)} s, ${Math.round(growth / 1024 / 1024)} MB more memory`;
}

function dearness({ seconds, growth }: Cost): number {
  return Math.max(seconds / SECONDS_MOST, growth / GROWTH_MOST);
}

function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
