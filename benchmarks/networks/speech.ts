/**
 * The encoder of StableToken at its published size (320 million parameters, random ones) on 30 s of log-mel frames, beside
 * the same network in PyTorch: both in processes of their own, in turns, after their values were compared.
 *
 *   pnpm networks:speech --python <interpreter with torch, numpy and safetensors> [--threads 2] [--runs 5] [--wait 60]
 *   pnpm networks:speech --provider webgpu --device cuda     # on a machine with a GPU
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from '../harness/bundle.js';
import { describeMachine, printMachine } from '../harness/machine.js';
import { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { makeCheckpoint, randomFrames, SECONDS, SPEECH_CONFIG } from './speech-checkpoint.js';

/** Largest difference of features, of their largest magnitude, that counts as equal in float32. */
const TOLERANCE = 1e-4;
/** A sign flips where a projection is closer to 0 than rounding: a few of 50 000. */
const LEAST_EQUAL_IDS = 0.99;
/** Multiplications and additions of a run, attention among them; published: 481 billion multiply-adds without it. */
const GFLOP = 1146;

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '5' },
    wait: { type: 'string', default: '60' },
    provider: { type: 'string', default: 'cpu' },
    device: { type: 'string', default: 'cpu' },
  },
});

const here = path.dirname(fileURLToPath(import.meta.url));
const cache = path.join(here, '.cache');
mkdirSync(cache, { recursive: true });
const checkpoint = path.join(cache, 'speech');
const weightMiB = makeCheckpoint(checkpoint) / 2 ** 20;
const frames = path.join(cache, 'speech-frames.f32');
writeFileSync(frames, randomFrames());

printMachine(describeMachine());
const program = await bundle(path.join(here, 'peers', 'encoder.ts'), cache);
const ours = await Peer.start({
  name: 'polytok',
  command: [process.execPath, program, checkpoint, frames, values.threads, values.provider],
});
const torch = await Peer.start({
  name: 'PyTorch',
  command: [
    values.python,
    path.join(here, 'peers', 'encoder.py'),
    checkpoint,
    frames,
    values.threads,
    values.device,
  ],
});

interface Reply {
  readonly seconds: number;
  /** Of all threads; what other work on the machine disturbs least, with one thread. */
  readonly cpuSeconds: number;
  readonly ids: readonly number[];
}

const peers = [ours, torch];
const first: Reply[] = [];
const features: Float32Array[] = [];
for (const peer of peers) {
  const to = path.join(cache, `features-${peer.name}.f32`);
  first.push(await peer.ask<Reply>({ to }));
  const bytes = readFileSync(to);
  features.push(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
}
let [largest, worst] = [0, 0];
for (const [i, value] of features[1].entries()) {
  largest = Math.max(largest, Math.abs(value));
  worst = Math.max(worst, Math.abs(value - features[0][i]));
}
const count = first[1].ids.length;
const equal = first[1].ids.filter((id, i) => id === first[0].ids[i]).length;
console.log(
  `${count} ids, ${equal} equal; features differ by ${worst.toExponential(1)} at most, their largest magnitude is ${largest.toFixed(1)}`,
);
if (
  features[0].length !== features[1].length ||
  !(worst <= TOLERANCE * largest) ||
  equal < LEAST_EQUAL_IDS * count
)
  throw new Error('The two networks do not compute the same.');

const times: number[][] = [[], []];
const cpuTimes: number[][] = [[], []];
const quiet = new Quiet(Number(values.wait));
for (let run = 0; run < Number(values.runs); run++) {
  for (const [at, peer] of peers.entries()) {
    await quiet.wait();
    const { seconds, cpuSeconds } = await peer.ask<Reply>({});
    times[at].push(seconds);
    cpuTimes[at].push(cpuSeconds);
  }
}
const [mine, theirs] = times.map(spread);
const ratios = spread(times[0].map((seconds, run) => times[1][run] / seconds));
const cpuRatios = spread(cpuTimes[0].map((seconds, run) => cpuTimes[1][run] / seconds));
const rows = peers.map((peer, at) => {
  const { median, min, max } = [mine, theirs][at];
  const peak = peer.peakMiB() ?? Number.NaN;
  return [
    `${peer.name}, ${peer.ready.version}`,
    peer.ready.loadSeconds.toFixed(1),
    `${median.toFixed(2)} (${min.toFixed(2)} - ${max.toFixed(2)})`,
    spread(cpuTimes[at]).median.toFixed(1),
    (SECONDS / median).toFixed(1),
    (GFLOP / median).toFixed(0),
    String(peak),
    (peak / weightMiB).toFixed(2),
  ];
});
console.log(
  `\n${SPEECH_CONFIG.layers} layers of width ${SPEECH_CONFIG.width}, ${SECONDS} s, ${values.threads} threads, weights of ${weightMiB.toFixed(0)} MiB; ${mine.runs} runs each; others kept at most ${quiet.busiest ?? '?'} cores busy\n`,
);
console.log(
  table(
    ['', 's to open', 's per run', 'CPU s', 'x real time', 'GFLOP/s', 'peak MiB', 'peak / weights'],
    rows,
  ),
);
console.log(
  `\nspeed / PyTorch, run by run: ${ratios.median.toFixed(2)} (${ratios.min.toFixed(2)} - ${ratios.max.toFixed(2)}); by CPU time: ${cpuRatios.median.toFixed(2)} (${cpuRatios.min.toFixed(2)} - ${cpuRatios.max.toFixed(2)})`,
);
for (const peer of peers) peer.stop();
