/**
 * Seconds and largest resident size of fitting to a LeRobot folder of 14 columns, each in a fresh process: read the
 * Parquet files, cut chunks, and fit statistics, BEAST bounds or FAST tokens. Ten times the frames must not take more memory.
 *
 *   npx tsx --conditions=@polytok/source action/fit.ts [--quick]
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BeastBoundsFitter, BeastKnotFitter, chunksOf, FastFitter, TrackStatistics } from '@polytok/action';
import { LeRobotDataset } from '@polytok/action/data';
import { openDatasetFolder } from '@polytok/action/node';
import { describeMachine, printMachine } from '../harness/machine.js';
import { benchmarkOptions } from '../harness/options.js';
import { peakMiB } from '../harness/peak-memory.js';
import { table } from '../harness/table.js';
import { COLUMNS, jointData } from './joint-data.js';

const STEPS = 50;
const GRIPPERS = [6, 13];

interface Fitter {
  add(values: Float32Array | Float64Array): void;
  /** How many frames or chunks it saw. */
  finish(): number | Promise<number>;
}

const sizes = { steps: STEPS, columns: COLUMNS, grippers: GRIPPERS };
const FITTERS: Readonly<Record<string, () => Fitter>> = {
  'read only': () => {
    let chunks = 0;
    return { add: () => void chunks++, finish: () => chunks };
  },
  statistics: () => {
    const statistics = new TrackStatistics({ columns: COLUMNS });
    return { add: (chunk) => statistics.add(chunk), finish: () => statistics.result().count };
  },
  'BEAST, minmax': () => beast('minmax'),
  'BEAST, quantile': () => beast('quantile'),
  'BEAST, knots': () => {
    const fitter = new BeastKnotFitter(sizes);
    return { add: (chunk) => fitter.add(chunk), finish: () => fitter.finish().chunks };
  },
  'FAST, integer': () => fast('integer'),
  'FAST, bytelevel': () => fast('bytelevel'),
};

function beast(mode: 'minmax' | 'quantile'): Fitter {
  const fitter = new BeastBoundsFitter({ ...sizes, mode });
  return { add: (chunk) => fitter.add(chunk), finish: () => fitter.finish().chunks };
}

function fast(mode: 'integer' | 'bytelevel'): Fitter {
  const fitter = new FastFitter({ steps: STEPS, columns: COLUMNS, mode });
  let chunks = 0;
  return {
    add: (chunk) => {
      fitter.add(chunk);
      chunks++;
    },
    finish: async () => {
      await fitter.finish();
      return chunks;
    },
  };
}

interface Figures {
  readonly seconds: number;
  readonly peak: number;
  readonly result: number;
}

async function fit(folder: string, fitter: Fitter): Promise<Figures> {
  const start = performance.now();
  const dataset = await LeRobotDataset.open(openDatasetFolder(folder));
  for await (const { track } of dataset.tracks()) {
    for (const chunk of chunksOf(track, { steps: STEPS })) fitter.add(chunk);
  }
  const result = await fitter.finish();
  return { seconds: (performance.now() - start) / 1000, peak: peakMiB('self') ?? Number.NaN, result };
}

const { quick, rest } = benchmarkOptions();
const [name, folder] = rest;
if (name === 'make') {
  console.log(await jointData(Number(folder)));
} else if (name !== undefined) {
  console.log(JSON.stringify(await fit(folder, FITTERS[name]())));
} else {
  const script = fileURLToPath(import.meta.url);
  const inProcess = (...args: string[]) =>
    execFileSync(process.execPath, [...process.execArgv, script, ...args], { encoding: 'utf8' });
  printMachine(describeMachine());
  const rows = [];
  for (const frames of quick ? [10_000, 20_000] : [100_000, 1_000_000, 2_000_000]) {
    const data = inProcess('make', String(frames)).trim();
    for (const each of Object.keys(FITTERS)) {
      const { seconds, peak, result } = JSON.parse(inProcess(each, data)) as Figures;
      rows.push([
        each,
        frames.toLocaleString('en'),
        result.toLocaleString('en'),
        seconds.toFixed(2),
        `${peak}`,
      ]);
    }
  }
  console.log(table(['fit', 'frames', 'seen', 'seconds', 'peak MiB'], rows));
}
