import { cpus, loadavg, release, totalmem } from 'node:os';

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
