/**
 * Peak arithmetic of one core, in C, by width of the vectors: what the other figures are to be read against.
 * WebAssembly has vectors of 128 bits, ONNX Runtime and PyTorch have whatever the processor has.
 *
 *   npx tsx --conditions=@polytok/source kernels/peak.ts [--quick] [--wait seconds]
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { benchmarkOptions } from '../harness/options.js';
import { availablePeers } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { CACHE, SETUP } from './paths.js';
import { Report } from './report.js';

const { quick, waitSeconds } = benchmarkOptions();
const report = new Report('peak');
const [spec] = availablePeers([{ name: 'peak', command: [path.join(CACHE, 'peak')] }], SETUP);
if (spec) {
  const quiet = new Quiet(waitSeconds);
  const figures = new Map<string, number[]>();
  for (let run = 0; run < (quick ? 1 : 5); run++) {
    await quiet.wait();
    const measured: Record<string, number> = JSON.parse(execFileSync(spec.command[0], { encoding: 'utf8' }));
    for (const [name, speed] of Object.entries(measured))
      figures.set(name, [...(figures.get(name) ?? []), speed]);
  }
  const rows = [...figures].map(([name, speeds]) => ({ name, speed: spread(speeds) }));
  report.say(
    table(
      ['one core, from registers', 'GF/s (min - max)'],
      rows.map(({ name, speed }) => [
        name,
        `${speed.median.toFixed(0)} (${speed.min.toFixed(0)} - ${speed.max.toFixed(0)})`,
      ]),
    ),
  );
  report.finish({ quick, rows });
}
