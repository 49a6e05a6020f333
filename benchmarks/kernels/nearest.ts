/**
 * Nearest code of every row, with the codebook ready: against a matrix product and the greatest of each row, as
 * users of the peers write it.
 *
 *   npx tsx --conditions=@polytok/source kernels/nearest.ts [--quick] [--wait seconds]
 */
import { benchmarkOptions } from '../harness/options.js';
import { type Peer, startAvailable } from '../harness/peer.js';
import { table } from '../harness/table.js';
import { idCheck } from './check-ids.js';
import { compare, ratio, timingHead, timingRows } from './compare.js';
import { normalFile } from './inputs.js';
import { SETUP } from './paths.js';
import type { NearestTask } from './peers/protocol.js';
import { type PeerName, peerSpecs } from './peers.js';
import { Report } from './report.js';

const ROWS = 4096;
const OWN = ['polytok', 'polytok, fast'] as const;
const WITHOUT_TFJS: PeerName[] = [
  ...OWN,
  'polytok, Node 22',
  'polytok, fast, Node 22',
  'ONNX Runtime',
  'PyTorch',
];
const ALL: PeerName[] = [...WITHOUT_TFJS, 'TensorFlow.js WASM'];

interface NearestCase {
  readonly count: number;
  readonly dimensions: number;
  readonly metric: 'euclidean' | 'cosine';
  readonly names: readonly PeerName[];
  /** Added to every value: codes close to each other beside their lengths, which is hard to screen. Default: 0. */
  readonly offset?: number;
  /** Least ratio to a peer's time, of the faster of our two arithmetics on this Node. */
  readonly bars: Partial<Record<PeerName, number>>;
}

const CASES: readonly NearestCase[] = [
  {
    count: 8192,
    dimensions: 8,
    metric: 'euclidean',
    names: ALL,
    bars: { 'ONNX Runtime': 1.5, 'TensorFlow.js WASM': 20 },
  },
  {
    count: 8192,
    dimensions: 8,
    metric: 'cosine',
    names: ALL,
    bars: { 'ONNX Runtime': 1.5, 'TensorFlow.js WASM': 20 },
  },
  { count: 16384, dimensions: 8, metric: 'cosine', names: ALL, bars: { 'ONNX Runtime': 1.3 } },
  { count: 16384, dimensions: 64, metric: 'euclidean', names: WITHOUT_TFJS, bars: { 'ONNX Runtime': 0.7 } },
  { count: 16384, dimensions: 512, metric: 'euclidean', names: WITHOUT_TFJS, bars: { 'ONNX Runtime': 0.4 } },
  {
    ...{ count: 16384, dimensions: 64, metric: 'euclidean', offset: 10 },
    names: WITHOUT_TFJS,
    bars: { 'ONNX Runtime': 0.7 },
  },
  {
    ...{ count: 16384, dimensions: 512, metric: 'euclidean', offset: 10 },
    names: WITHOUT_TFJS,
    bars: { 'ONNX Runtime': 0.4 },
  },
];

const { quick, waitSeconds } = benchmarkOptions();
const report = new Report('nearest');
const peers = await startAvailable(await peerSpecs(ALL), SETUP);
const figures = [];
try {
  for (const test of CASES) {
    const { count, dimensions, metric, names, bars, offset = 0 } = test;
    const rows = quick ? 256 : ROWS;
    const unit = metric === 'cosine';
    const files = {
      codes: normalFile({ rows: count, dimensions, seed: 1, unit, offset }),
      vectors: normalFile({ rows, dimensions, seed: 2, unit, offset }),
    };
    const title = `${count.toLocaleString('en')} codes, d = ${dimensions}, ${metric}${offset ? `, all values + ${offset}` : ''}`;
    console.log(`\n## ${title}\n`);
    const task: Omit<NearestTask, 'method'> = { operation: 'nearest', metric, dimensions, ...files };
    const timings = await compare({
      contenders: contenders(peers, names).map((contender) => ({
        ...contender,
        task: { ...task, method: contender.method },
      })),
      check: idCheck({ ...task, method: '' }),
      runs: quick ? 2 : 9,
      waitSeconds,
    });
    const flops = 2 * rows * count * dimensions;
    report.say(`${title}, ${rows} rows, one thread:`);
    report.say(table(timingHead(OWN), timingRows(timings, flops, OWN)));
    for (const [peer, bar] of Object.entries(bars)) {
      const reached = Math.max(...OWN.map((own) => ratio(timings, peer, own)));
      report.bar({ goal: `${title}: speed of ${peer}`, bar, atLeast: true, reached });
    }
    figures.push({ title, rows, timings });
  }
  report.finish({ quick, cases: figures });
} finally {
  for (const peer of peers) peer.stop();
}

/** Peers of these names, with their ways to find codes. */
function contenders(running: readonly Peer[], names: readonly PeerName[]) {
  return running
    .filter(({ name }) => names.includes(name as PeerName))
    .flatMap((peer) =>
      peer.name === 'PyTorch'
        ? [
            { peer, label: 'PyTorch, product and argmax', method: 'matmul' },
            { peer, label: 'PyTorch, cdist and argmin', method: 'cdist' },
          ]
        : [{ peer, label: peer.name, method: 'matmul' }],
    );
}
