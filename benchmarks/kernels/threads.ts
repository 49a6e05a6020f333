/**
 * Two threads against one, for calls that one thread takes 5 ms and more for.
 *
 *   npx tsx --conditions=@polytok/source kernels/threads.ts [--quick] [--wait seconds]
 */
import { benchmarkOptions } from '../harness/options.js';
import { startAvailable } from '../harness/peer.js';
import { table } from '../harness/table.js';
import { compare, milliseconds, ratio, type Verdict } from './compare.js';
import { normalFile } from './inputs.js';
import { SETUP } from './paths.js';
import type { Task } from './peers/protocol.js';
import { peerSpecs } from './peers.js';
import { Report } from './report.js';

const { quick, waitSeconds } = benchmarkOptions();
const rows = quick ? 512 : 4096;

const CASES: readonly { title: string; task: Task }[] = [
  nearest(8192, 8),
  nearest(16384, 64),
  nearest(16384, 512),
  {
    title: `matmul 1024 x 1024 x ${rows}`,
    task: {
      ...{ operation: 'matmul', method: '', inner: 1024, columns: 1024 },
      weights: normalFile({ rows: 1024, dimensions: 1024, seed: 9 }),
      bias: normalFile({ rows: 1, dimensions: 1024, seed: 10 }),
      rows: normalFile({ rows, dimensions: 1024, seed: 11 }),
    },
  },
];

const report = new Report('threads');
const peers = await startAvailable(await peerSpecs(['polytok', 'polytok, 2 threads']), SETUP);
try {
  const figures = [];
  for (const { title, task } of CASES) {
    const timings = await compare({
      contenders: peers.map((peer) => ({ peer, label: peer.name, task })),
      check: sameBytes(),
      runs: quick ? 2 : 11,
      waitSeconds,
    });
    figures.push({ title, timings, speedup: ratio(timings, 'polytok', 'polytok, 2 threads') });
  }
  report.say('Median of one call, results equal bit for bit:');
  report.say(
    table(
      ['', 'one thread, ms', 'two threads, ms', 'speed-up'],
      figures.map(({ title, timings, speedup }) => [
        title,
        ...timings.map(({ seconds, verdict }) => (seconds ? milliseconds(seconds) : verdict)),
        `${speedup.toFixed(2)} x`,
      ]),
    ),
  );
  for (const { title, speedup } of figures) {
    report.bar({ goal: `${title}: two threads over one`, bar: 1.7, atLeast: true, reached: speedup });
  }
  report.finish({ quick, figures });
} finally {
  for (const peer of peers) peer.stop();
}

function nearest(count: number, dimensions: number): { title: string; task: Task } {
  return {
    title: `nearest, ${count.toLocaleString('en')} codes, d = ${dimensions}, ${rows} rows`,
    task: {
      ...{ operation: 'nearest', method: '', metric: 'euclidean', dimensions },
      codes: normalFile({ rows: count, dimensions, seed: 1 }),
      vectors: normalFile({ rows, dimensions, seed: 2 }),
    },
  };
}

function sameBytes(): (result: ArrayBuffer) => Verdict {
  let expected: Buffer | undefined;
  return (result) => {
    const bytes = Buffer.from(result);
    expected ??= bytes;
    const right = bytes.equals(expected);
    return { right, words: right ? 'the same bits' : 'RESULTS DIFFER' };
  };
}
