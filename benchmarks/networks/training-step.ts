/**
 * One training step of a small speech model (2 convolutions and 2 transformer blocks of width 256, batch of 16 × 100
 * frames; 18.7 GFLOP), beside the same model in PyTorch on the CPU, in turns of a few steps in processes of their own. The
 * losses of all steps are compared before times are printed.
 *
 *   pnpm networks:training --python <interpreter with torch and safetensors> [--rounds 8] [--threads 2] [--wait 60]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeSafetensors, type Tensor } from '@polytok/common/io';
import { bundle } from '../harness/bundle.js';
import { describeMachine, printMachine } from '../harness/machine.js';
import { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { BATCH, CLASSES, FRAMES, speechModel } from './speech-model.js';

/** Largest difference of losses that counts as equal, over the first so many steps: then rounding has grown. */
const TOLERANCE = 1e-3;
const COMPARED_STEPS = 20;
/** Multiplications and additions of a step. */
const GFLOP = 18.7;
/** Steps of a turn. The first of each finds the caches full of the other side's numbers, and is not timed. */
const STEPS = 6;
/** Turns before those that are timed. */
const WARM_UP = 1;

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '8' },
    threads: { type: 'string', default: '2' },
    wait: { type: 'string', default: '60' },
  },
});
const rounds = Number(values.rounds);
const threads = Number(values.threads);

let state = 1;
const random = () => {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
const graph = speechModel();
const weights = new Map<string, Tensor>();
for (const { name, shape } of graph.parameters.values()) {
  const sizes = shape as readonly number[];
  const length = sizes.reduce((product, size) => product * size, 1);
  const isNorm = name.includes('norm.weight');
  const scale = sizes.length > 1 ? Math.sqrt(3 / (length / sizes[0])) : 0.02;
  weights.set(name, {
    dtype: 'F32',
    shape: sizes,
    data: Float32Array.from({ length }, () => (isNorm ? 1 : scale * random())),
  });
}
const x = Float32Array.from({ length: BATCH * 80 * FRAMES }, random);
const target = BigInt64Array.from({ length: BATCH * FRAMES }, () =>
  BigInt(Math.floor((random() + 1) * (CLASSES / 2))),
);

const folder = mkdtempSync(join(tmpdir(), 'polytok-networks-'));
const file = join(folder, 'start.safetensors');
const all = new Map(weights).set('x', { dtype: 'F32', shape: [BATCH, 80, FRAMES], data: x });
all.set('target', { dtype: 'I64', shape: [BATCH, FRAMES], data: target });
writeFileSync(file, encodeSafetensors(all));

interface Turn {
  readonly losses: readonly number[];
  /** Milliseconds. */
  readonly times: readonly number[];
}

printMachine(describeMachine());
const cache = fileURLToPath(new URL('.cache', import.meta.url));
mkdirSync(cache, { recursive: true });
const program = await bundle(fileURLToPath(new URL('peers/training-step.ts', import.meta.url)), cache);
const script = fileURLToPath(new URL('peers/training_step.py', import.meta.url));
const ours = await Peer.start({
  name: 'polytok',
  command: [process.execPath, program, file, String(threads)],
});
const torch = await Peer.start({
  name: 'PyTorch',
  command: [values.python, script, file, String(threads)],
});
rmSync(folder, { recursive: true });
const peers = [ours, torch];
const losses: number[][] = [[], []];
const times: number[][] = [[], []];
const quiet = new Quiet(Number(values.wait));
for (let round = 0; round < WARM_UP + rounds; round++) {
  for (const [at, peer] of peers.entries()) {
    await quiet.wait();
    const turn = await peer.ask<Turn>({ steps: STEPS });
    losses[at].push(...turn.losses);
    if (round >= WARM_UP) times[at].push(spread(turn.times.slice(1)).median);
  }
}
for (const peer of peers) peer.stop();
const compared = losses.map((all) => all.slice(0, COMPARED_STEPS));
const worst = Math.max(...compared[0].map((loss, step) => Math.abs(loss - compared[1][step])));
if (!(worst <= TOLERANCE)) throw new Error(`The losses differ by ${worst}.`);
const first = losses[0][0].toFixed(3);
const last = compared[0].at(-1)!.toFixed(3);
console.log(
  `losses of ${compared[0].length} steps: at most ${worst.toExponential(1)} apart, from ${first} to ${last}`,
);
console.log(
  `${rounds} turns of ${STEPS - 1} steps each; others kept at most ${quiet.busiest ?? '?'} cores busy\n`,
);
const rows = peers.map((peer, at) => {
  const { median, min, max } = spread(times[at]);
  return [
    `${peer.name}, ${peer.ready.version}`,
    `${median.toFixed(0)} (${min.toFixed(0)} - ${max.toFixed(0)})`,
    (GFLOP / (median / 1000)).toFixed(0),
  ];
});
const ratios = spread(times[0].map((time, round) => times[1][round] / time));
console.log(table([`${threads} threads`, 'ms per step', 'GFLOP/s'], rows));
console.log(
  `\nspeed / PyTorch: ${ratios.median.toFixed(2)} (${ratios.min.toFixed(2)} - ${ratios.max.toFixed(2)}), turn by turn`,
);
