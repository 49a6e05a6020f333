/**
 * Training the heads of Voting-LFQ (5 voters of 13 bits on frames of 80 numbers): steps beside PyTorch on the same
 * batches, whose losses are compared first, and one epoch of `fitVotingLfq` over a stream of a million frames.
 *
 *   pnpm networks:voting --python <interpreter with torch and safetensors> [--steps 80] [--threads 2] [--frames 1000000]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeSafetensors, type Tensor } from '@polytok/common/io';
import { initialWeights, Trainer } from '@polytok/common/onnx';
import {
  type FeaturePair,
  fitVotingLfq,
  VOTING_INPUTS,
  VOTING_LOSSES,
  VOTING_PARAMETERS,
  votingLossGraph,
} from '@polytok/common/quantizers/train';
import * as runtime from 'onnxruntime-node';
import { describeMachine, printMachine } from '../harness/machine.js';
import { Peer } from '../harness/peer.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';

const DIMENSION = 80;
const VOTERS = 5;
const BITS = 13;
const BATCH = 2048;
/** Batches that are trained on in turn. */
const BATCHES = 8;
const ROUNDS = 4;
/** Small enough that rounding, which signs pass on from step to step, does not part the runs at once. */
const RATE = 1e-4;
/** Largest difference of losses that counts as equal, over the first steps: later on, signs pass rounding on. */
const TOLERANCE = 1e-3;
const COMPARED_STEPS = 20;

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '80' },
    threads: { type: 'string', default: '2' },
    frames: { type: 'string', default: '1000000' },
  },
});
const steps = Number(values.steps);
const threads = Number(values.threads);
const frames = Number(values.frames);

let state = 1;
const random = () => {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
/** Eight slow sources seen through a fixed mixture, and noise. */
const mixture = Float32Array.from({ length: 8 * DIMENSION }, random);
function pairOf(length: number): FeaturePair {
  const clean = new Float32Array(length * DIMENSION);
  const perturbed = new Float32Array(length * DIMENSION);
  const sources = new Float32Array(8);
  for (let frame = 0; frame < length; frame++) {
    for (let k = 0; k < 8; k++) sources[k] = 0.9 * sources[k] + random();
    for (let j = 0; j < DIMENSION; j++) {
      let sum = 0.3 * random();
      for (let k = 0; k < 8; k++) sum += sources[k] * mixture[k * DIMENSION + j];
      clean[frame * DIMENSION + j] = sum;
      perturbed[frame * DIMENSION + j] = sum + 0.6 * random();
    }
  }
  return { clean, perturbed };
}

printMachine(describeMachine());
const graph = votingLossGraph({
  batchSize: BATCH,
  dimension: DIMENSION,
  voters: VOTERS,
  bits: BITS,
  temperature: 0.01,
  consensusForm: 'released',
  consensusWeight: 0.25,
  commitmentWeight: 0.25,
  codebookWeight: 1,
  sampleWeight: 1,
  batchWeight: 1,
  reconstructionWeight: 1,
});
const weights = initialWeights(graph, { seed: 1 });
const batches = Array.from({ length: BATCHES }, (_, at) => {
  const { clean, perturbed } = pairOf(BATCH);
  const mask = new Float32Array(VOTERS * BITS);
  for (const voter of [at % VOTERS, (at + 2) % VOTERS]) mask.fill(1, voter * BITS, (voter + 1) * BITS);
  const features = (data: FeaturePair['clean']) =>
    ({ type: 'float32', shape: [BATCH, DIMENSION], data: data as Float32Array }) as const;
  return {
    [VOTING_INPUTS.clean]: features(clean),
    [VOTING_INPUTS.perturbed]: features(perturbed),
    [VOTING_INPUTS.seesPerturbed]: { type: 'float32', shape: [VOTERS * BITS, 1], data: mask } as const,
  };
});
const folder = mkdtempSync(join(tmpdir(), 'polytok-voting-'));
const file = join(folder, 'start.safetensors');
const stacked = (name: string, shape: readonly number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = new Float32Array(BATCHES * size);
  for (const [at, batch] of batches.entries()) data.set(batch[name as keyof typeof batch].data, at * size);
  return { dtype: 'F32', shape: [BATCHES, ...shape], data };
};
writeFileSync(
  file,
  encodeSafetensors(
    new Map([
      ...weights,
      ['clean', stacked(VOTING_INPUTS.clean, [BATCH, DIMENSION])],
      ['perturbed', stacked(VOTING_INPUTS.perturbed, [BATCH, DIMENSION])],
      ['masks', stacked(VOTING_INPUTS.seesPerturbed, [VOTERS * BITS, 1])],
    ]),
  ),
);

const trainer = await Trainer.open(graph, {
  loss: VOTING_LOSSES.total,
  weights,
  rate: RATE,
  withoutDecay: (name) => name === VOTING_PARAMETERS.bias || name === VOTING_PARAMETERS.outputBias,
  clipNorm: 1,
  runtime,
  threads,
});
interface Series {
  readonly losses: number[];
  readonly times: number[];
}
const ours: Series = { losses: [], times: [] };
const script = fileURLToPath(new URL('peers/voting_heads.py', import.meta.url));
const command = [values.python, script, file, String(threads), String(VOTERS), String(BITS), '0.01'];
const { status, error, stderr } = spawnSync(values.python, ['-c', 'import torch, safetensors'], {
  encoding: 'utf8',
});
if (status !== 0)
  console.log(`NOT MEASURED: PyTorch (${error?.message ?? stderr.trim().split('\n').at(-1)})`);
const start = async (name: string, ...more: string[]) =>
  status === 0 ? Peer.start({ name, command: [...command, ...more] }) : undefined;
const factorised = await start('PyTorch');
const theirs: Series = { losses: [], times: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (let step = 0; step < Math.ceil(steps / ROUNDS); step++) {
    const begin = performance.now();
    const { loss } = await trainer.trainBatch(batches[ours.losses.length % BATCHES]);
    ours.times.push(performance.now() - begin);
    ours.losses.push(loss);
  }
  const answer = await factorised?.ask<Series>({ steps: Math.ceil(steps / ROUNDS) });
  theirs.losses.push(...(answer?.losses ?? []));
  theirs.times.push(...(answer?.times ?? []));
}
factorised?.stop();
const full = await start('PyTorch, all codes', '--table');
const whole = await full?.ask<Series>({ steps: 4 });
full?.stop();
rmSync(folder, { recursive: true });
await trainer.close();

const worst = (series: Series, count: number) =>
  Math.max(...series.losses.slice(0, count).map((loss, step) => Math.abs(loss - ours.losses[step])));
for (const [series, count] of [
  [theirs, COMPARED_STEPS],
  [whole, 4],
] as const) {
  if (series === undefined || series.losses.length === 0) continue;
  if (!(worst(series, count) <= TOLERANCE)) throw new Error(`The losses differ by ${worst(series, count)}.`);
}
if (theirs.losses.length > 0) {
  const end = ours.losses.length - 1;
  console.log(
    `losses of the first ${COMPARED_STEPS} steps: at most ${worst(theirs, COMPARED_STEPS).toExponential(1)} apart; of all ${end + 1}: ${worst(theirs, Infinity).toExponential(1)}, from ${ours.losses[0].toFixed(3)} to ${ours.losses[end].toFixed(3)} and ${theirs.losses[end].toFixed(3)}\n`,
  );
}
const line = (name: string, times: readonly number[]) => {
  const { median, min } = spread(times);
  const perMillion = (median * 1000) / BATCH;
  const speed = (
    spread(theirs.times.length > 0 ? theirs.times.slice(2) : ours.times).median / median
  ).toFixed(2);
  return [
    name,
    median.toFixed(1),
    min.toFixed(1),
    perMillion.toFixed(1),
    theirs.times.length > 0 ? speed : '-',
  ];
};
const rows = [line('polytok', ours.times.slice(2))];
if (theirs.times.length > 0) {
  rows.push(line(`PyTorch ${factorised!.ready.version}, factorised`, theirs.times.slice(2)));
}
if (whole) rows.push(line(`PyTorch ${full!.ready.version}, all codes`, whole.times.slice(1)));
console.log(
  table([`${threads} threads`, 'ms per step, median', 'least', 's per 1 M frames', 'speed / PyTorch'], rows),
);

const stream = {
  *[Symbol.iterator]() {
    state = 7;
    for (let left = frames; left > 0; left -= 5000) yield pairOf(Math.min(left, 5000));
  },
};
let first = 0;
let processor = process.cpuUsage();
const options = {
  dimension: DIMENSION,
  voters: VOTERS,
  bits: BITS,
  batchSize: BATCH,
  epochs: 1,
  heldOutShare: 0.01,
};
let made = performance.now();
for (const _ of stream);
made = performance.now() - made;
const begin = performance.now();
const { steps: taken, report } = await fitVotingLfq(stream, {
  ...options,
  threads,
  runtime,
  onProgress: () => {
    if (first > 0) return;
    first = performance.now();
    processor = process.cpuUsage();
  },
});
const { user, system } = process.cpuUsage(processor);
const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
console.log(
  `\nfitVotingLfq, ${frames} frames, ${taken} steps: one epoch with the report ${seconds(first)} s (${((user + system) / 1e6).toFixed(1)} s of processor time), with a pass for statistics ${seconds(begin)} s; of each pass ${(made / 1000).toFixed(1)} s make the frames`,
);
console.log(
  `flipped bits on ${report!.frames} held-out frames: vote ${(100 * report!.vote.bitFlipRate).toFixed(2)} %, branches ${report!.branches.map(({ bitFlipRate }) => (100 * bitFlipRate).toFixed(2)).join(', ')} %`,
);
