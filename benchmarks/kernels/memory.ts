/**
 * Largest resident size of a fresh process that looks up more and more rows in one codebook. A matrix of distances
 * would grow with rows x codes.
 *
 *   npx tsx --conditions=@polytok/source kernels/memory.ts [--quick]
 */
import { benchmarkOptions } from '../harness/options.js';
import { Peer } from '../harness/peer.js';
import { table } from '../harness/table.js';
import { normalFile } from './inputs.js';
import type { NearestTask } from './peers/protocol.js';
import { peerSpecs } from './peers.js';
import { Report } from './report.js';

const COUNT = 16384;
const DIMENSIONS = 64;
const MiB = 2 ** 20;
/** What a process may grow by per row beyond the row and its id, which are in its own arrays. */
const BESIDE_MIB = 8;

const { quick } = benchmarkOptions();
const report = new Report('memory');
const [spec] = await peerSpecs(['polytok']);
const codes = normalFile({ rows: COUNT, dimensions: DIMENSIONS, seed: 1 });
const figures = [];
for (const rows of quick ? [1024, 4096] : [1024, 16384, 131072]) {
  const vectors = normalFile({ rows, dimensions: DIMENSIONS, seed: 2 });
  const task: NearestTask = {
    operation: 'nearest',
    method: '',
    metric: 'euclidean',
    dimensions: DIMENSIONS,
    codes,
    vectors,
  };
  const peer = await Peer.start(spec);
  try {
    const bare = peer.peakMiB() ?? Number.NaN;
    await peer.ask({ do: 'prepare', key: '', task });
    const prepared = peer.peakMiB() ?? Number.NaN;
    await peer.ask({ do: 'run', key: '', calls: 1, warm: false });
    const peak = peer.peakMiB() ?? Number.NaN;
    figures.push({
      rows,
      bare,
      prepared,
      peak,
      arrays: (rows * (DIMENSIONS + 1) * 4) / MiB,
      matrix: (rows * COUNT * 4) / MiB,
    });
  } finally {
    peer.stop();
  }
}
report.say(
  `Peak MiB of a process, ${COUNT.toLocaleString('en')} codes, d = ${DIMENSIONS} (${(COUNT * DIMENSIONS * 4) / MiB} MiB):`,
);
report.say(
  table(
    [
      'rows',
      'started',
      'inputs read, codebook ready',
      'after the call',
      'vectors and ids',
      'a matrix of distances',
    ],
    figures.map(({ rows, arrays, matrix, ...sizes }) => [
      rows.toLocaleString('en'),
      ...[sizes.bare, sizes.prepared, sizes.peak, arrays, matrix].map((size) => size.toFixed(0)),
    ]),
  ),
);
report.bar({
  goal: 'memory of a call beside its operands and arrays, most of all rows',
  bar: BESIDE_MIB,
  atLeast: false,
  reached: Math.max(...figures.map(({ prepared, peak }) => peak - prepared)),
  unit: 'MiB',
});
report.finish({ quick, figures });
