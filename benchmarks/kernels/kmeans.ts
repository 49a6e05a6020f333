/**
 * Lloyd's k-means from the same centres: a million vectors of a mixture of 1,024 Gaussians, ten iterations.
 *
 *   npx tsx --conditions=@polytok/source kernels/kmeans.ts [--quick] [--wait seconds]
 */
import { createWasmKernels } from '@polytok/common/kernels';
import { benchmarkOptions } from '../harness/options.js';
import { startAvailable } from '../harness/peer.js';
import { table } from '../harness/table.js';
import { compare, ratio, timingHead, timingRows, type Verdict } from './compare.js';
import { inputFile, normals } from './inputs.js';
import { SETUP } from './paths.js';
import { readFloats } from './peers/serve.js';
import { type PeerName, peerSpecs } from './peers.js';
import { Report } from './report.js';

const COUNT = 1024;
const DIMENSIONS = 64;
const ITERATIONS = 10;
/** Distance between the middles of the mixture, relative to their spread. */
const SEPARATION = 1;
/** How far another's sum of squared distances may be from ours. */
const TOLERANCE = 1e-3;

const PEER_METHODS = ['scikit-learn', 'faiss'];
const PEERS: Partial<Record<PeerName, readonly string[]>> = {
  'polytok, 2 threads': ['polytok'],
  polytok: ['polytok'],
  'scikit-learn and faiss, 2 threads': PEER_METHODS,
};
const OWN = ['polytok, 2 threads'];

const { quick, waitSeconds } = benchmarkOptions();
const rows = quick ? 20_000 : 1_000_000;
const vectors = inputFile(`mixture-${rows}x${DIMENSIONS}`, () => mixture(rows));
// The rows are in no order, so that the first ones are a random choice.
const centres = inputFile(`mixture-${rows}x${DIMENSIONS}-start`, () =>
  readFloats(vectors).slice(0, COUNT * DIMENSIONS),
);
const report = new Report('kmeans');
const peers = await startAvailable(await peerSpecs(Object.keys(PEERS) as PeerName[]), SETUP);
try {
  const timings = await compare({
    contenders: peers.flatMap((peer) =>
      PEERS[peer.name as PeerName]!.map((method) => ({
        peer,
        label: method + (/, \d threads?$/.exec(peer.name)?.[0] ?? ''),
        task: {
          operation: 'kmeans',
          method,
          dimensions: DIMENSIONS,
          iterations: ITERATIONS,
          centres,
          vectors,
        } as const,
      })),
    ),
    check: inertiaCheck(),
    runs: 3,
    waitSeconds,
  });
  const flops = 2 * rows * COUNT * DIMENSIONS * ITERATIONS;
  report.say(
    `${rows.toLocaleString('en')} vectors, d = ${DIMENSIONS}, ${COUNT} centres, ${ITERATIONS} iterations:`,
  );
  report.say(
    table(
      [...timingHead(OWN), 'inertia'],
      timingRows(timings, flops, OWN).map((row, k) => [...row, timings[k].verdict]),
    ),
  );
  // OpenMP's threads wait for each other by spinning, and suffer much from other programs: hence the fastest runs too.
  for (const method of PEER_METHODS) {
    for (const [by, words] of [
      ['median', ''],
      ['min', ', fastest runs'],
    ] as const) {
      report.bar({
        goal: `k-means, two threads: speed of ${method}${words}`,
        ...{ bar: 0.6, atLeast: true },
        reached: ratio(timings, `${method}, 2 threads`, OWN[0], by),
      });
    }
  }
  report.finish({ quick, rows, timings });
} finally {
  for (const peer of peers) peer.stop();
}

/** Computes the sum of squared distances to the centres found, in one way for all. */
function inertiaCheck(): (result: ArrayBuffer) => Verdict {
  const kernels = createWasmKernels();
  const values = readFloats(vectors);
  let expected: number | undefined;
  return (result) => {
    const found = new Float32Array(result);
    const codebook = kernels.prepareCodebook(found, { dimensions: DIMENSIONS, metric: 'euclidean' });
    const into = { sums: new Float64Array(found.length), counts: new Uint32Array(COUNT) };
    const inertia = kernels.kmeansStep(codebook, values, into);
    codebook.dispose();
    expected ??= inertia;
    const off = inertia / expected - 1;
    return {
      right: Math.abs(off) <= TOLERANCE,
      words: `${inertia.toExponential(5)} (${(100 * off).toFixed(4)} %)`,
    };
  };
}

/** Rows around {@link COUNT} middles, each row's drawn at random. */
function mixture(length: number): Float32Array {
  const middles = normals(COUNT * DIMENSIONS, 3);
  const values = normals(length * DIMENSIONS, 4);
  const choice = normals(length, 5);
  for (let row = 0; row < length; row++) {
    // The fraction of a large multiple of a normal number is as good as uniform.
    const middle = Math.floor(COUNT * ((((choice[row] * 1e3) % 1) + 1) % 1)) * DIMENSIONS;
    for (let k = 0; k < DIMENSIONS; k++) values[row * DIMENSIONS + k] += SEPARATION * middles[middle + k];
  }
  return values;
}
