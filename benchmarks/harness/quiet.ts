import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How busy others may keep the machine while we measure, in cores. */
const QUIET_CORES = 0.15;
/** Time over which that is looked at. */
const LOOK_MS = 300;

/**
 * Waits for moments in which nobody else uses the machine. Call it between runs, while all measured processes are
 * idle. All waits together take `seconds` at most, then runs go on in noise, which {@link busiest} tells.
 */
export class Quiet {
  #left: number;
  #busiest: number | undefined;

  constructor(seconds: number) {
    this.#left = 1000 * seconds;
  }

  /** Cores that others kept busy before the least quiet run; undefined where the system does not say (not Linux). */
  get busiest(): number | undefined {
    return this.#busiest;
  }

  async wait(): Promise<void> {
    for (;;) {
      const before = busySeconds();
      if (before === undefined) return;
      const start = performance.now();
      await sleep(LOOK_MS);
      const elapsed = performance.now() - start;
      const busy = Number(((1000 * (busySeconds()! - before)) / elapsed).toFixed(2));
      if (busy >= QUIET_CORES && this.#left > 0) {
        this.#left -= elapsed;
        continue;
      }
      this.#busiest = Math.max(this.#busiest ?? 0, busy);
      return;
    }
  }
}

/** Seconds that all cores together have worked since the system started. */
function busySeconds(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / 100;
}
