/**
 * The vote of StableToken's quantizer, next to the matrix product in it.
 *
 *   npx tsx --conditions=@polytok/source kernels/vote.ts [--quick] [--wait seconds]
 */
import { createReferenceKernels } from '@polytok/common/kernels';
import { benchmarkOptions } from '../harness/options.js';
import { startAvailable } from '../harness/peer.js';
import { table } from '../harness/table.js';
import { compare, ratio, timingHead, timingRows, type Verdict } from './compare.js';
import { normalFile } from './inputs.js';
import { SETUP } from './paths.js';
import { polytokOperations } from './peers/polytok-operations.js';
import type { MatmulTask, VoteTask } from './peers/protocol.js';
import type { Prepared } from './peers/serve.js';
import { type PeerName, peerSpecs } from './peers.js';
import { Report } from './report.js';

const FRAMES = 750;
const DIMENSIONS = 1280;
const VOTERS = 5;
const BITS = 13;
const COLUMNS = VOTERS * BITS;
/** What float32 may be off in a sum of 1,280 products of normal numbers. */
const TOLERANCE = 1e-3;
const NAMES: PeerName[] = ['polytok', 'polytok, fast', 'ONNX Runtime', 'PyTorch'];
const OWN = ['polytok: vote', 'polytok, fast: vote'];

const { quick, waitSeconds } = benchmarkOptions();
const vectors = normalFile({ rows: FRAMES, dimensions: DIMENSIONS, seed: 6 });
const weights = normalFile({ rows: COLUMNS, dimensions: DIMENSIONS, seed: 7 });
const bias = normalFile({ rows: 1, dimensions: COLUMNS, seed: 8 });
const shared = { method: '', weights, bias };
const vote: VoteTask = {
  ...{ operation: 'vote', ...shared, vectors },
  ...{ voters: VOTERS, bits: BITS, dimensions: DIMENSIONS },
};
const matmul: MatmulTask = {
  operation: 'matmul',
  ...shared,
  rows: vectors,
  inner: DIMENSIONS,
  columns: COLUMNS,
};

const report = new Report('vote');
const expected = await float64Results();
const peers = await startAvailable(await peerSpecs(NAMES), SETUP);
try {
  const timings = await compare({
    contenders: peers.flatMap((peer) => {
      const product = { peer, label: `${peer.name}: matmul`, task: matmul };
      // ONNX Runtime has no vote; a graph of it would be the product and six small operators.
      return peer.name === 'ONNX Runtime'
        ? [product]
        : [product, { peer, label: `${peer.name}: vote`, task: vote }];
    }),
    check,
    runs: quick ? 2 : 15,
    waitSeconds,
  });
  report.say(`${FRAMES} frames, D = ${DIMENSIONS}, ${VOTERS} voters of ${BITS} bits, one thread:`);
  report.say(table(timingHead(OWN), timingRows(timings, 2 * FRAMES * DIMENSIONS * COLUMNS, OWN)));
  for (const name of ['polytok', 'polytok, fast']) {
    const reached = ratio(timings, `${name}: vote`, `${name}: matmul`);
    report.bar({ goal: `${name}: time of vote over the bare product`, bar: 1.2, atLeast: false, reached });
  }
  report.finish({ quick, timings });
} finally {
  for (const peer of peers) peer.stop();
}

async function float64Results(): Promise<{ ids: Uint32Array; products: Float32Array }> {
  const operations = polytokOperations(createReferenceKernels());
  const result = async (prepared: Prepared | Promise<Prepared>) => {
    const task = await prepared;
    await task.run();
    return task.result();
  };
  const ids = (await result(operations.vote!(vote))) as Uint32Array;
  const products = (await result(operations.matmul!(matmul))) as Float32Array;
  return { ids, products };
}

function check(result: ArrayBuffer, label: string): Verdict {
  if (label.endsWith('vote')) {
    const ids = new Uint32Array(result);
    const different = expected.ids.filter((id, row) => id !== ids[row]).length;
    return { right: different === 0, words: `${different} of ${FRAMES} ids differ from float64` };
  }
  const products = new Float32Array(result);
  const off = expected.products.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - products[at])),
    0,
  );
  return { right: off <= TOLERANCE, words: `at most ${off.toExponential(1)} from float64` };
}
