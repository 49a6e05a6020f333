import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a figure needs beside it to mean anything. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Average number of running processes over the last minute, before the benchmark began. */
  readonly load: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    load: Number(loadavg()[0].toFixed(2)),
  };
}

export function printMachine(machine: Machine): void {
  const { processor, cores, memoryGiB, system, node, load } = machine;
  console.log(`${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, load ${load}`);
}

/** How busy others may keep the machine while we measure, in cores. */
const QUIET_CORES = 0.15;

/**
 * Waits until the machine is quiet, for at most `seconds`. Peers under measurement must be idle.
 * @returns cores that were busy in the last second; undefined where the system does not say
 */
export async function waitUntilQuiet(seconds: number): Promise<number | undefined> {
  const deadline = performance.now() + 1000 * seconds;
  for (;;) {
    const before = busySeconds();
    if (before === undefined) return undefined;
    const start = performance.now();
    await sleep(1000);
    const busy = (busySeconds()! - before) / ((performance.now() - start) / 1000);
    if (busy < QUIET_CORES || performance.now() > deadline) return Number(busy.toFixed(2));
  }
}

/** Seconds that all cores together have worked since the system started. Linux only. */
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
