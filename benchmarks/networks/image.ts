/**
 * LlamaGen's VQ-16 autoencoder at its published size (72 million parameters, random ones) on an image of 256 × 256, beside
 * the same network in PyTorch: both in processes of their own, in turns, after ids and pixels were compared.
 *
 *   pnpm networks:image --python <interpreter with torch, numpy and safetensors> [--threads 2] [--runs 5] [--wait 60]
 *   pnpm networks:image --provider webgpu --device cuda     # on a machine with a GPU
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
import { convolutionWork, IMAGE_CONFIG, makeImageWeights, randomImage, SIDE } from './image-weights.js';

/** Largest difference of pixels, from −1 to 1, that counts as equal in float32. */
const TOLERANCE = 1e-3;
/** Random codes are as close as 1e-5 to a tie, which trained ones are not. */
const LEAST_EQUAL_IDS = 0.99;

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
const weights = path.join(cache, 'llamagen-vq16.safetensors');
const parameters = makeImageWeights(weights);
const image = path.join(cache, 'image.f32');
writeFileSync(image, randomImage());

printMachine(describeMachine());
const program = await bundle(path.join(here, 'peers', 'autoencoder.ts'), cache);
const config = JSON.stringify(IMAGE_CONFIG);
const script = path.join(here, 'peers', 'autoencoder.py');
const { python, threads, provider, device } = values;
const peers = [
  await Peer.start({
    name: 'polytok',
    command: [process.execPath, program, weights, image, threads, provider],
  }),
  await Peer.start({
    name: 'PyTorch',
    command: [python, script, weights, image, threads, device, config],
  }),
];

interface Reply {
  /** In seconds. */
  readonly encode: number;
  readonly decode: number;
  readonly ids: readonly number[];
}

const first: Reply[] = [];
const pixels: Float32Array[] = [];
for (const peer of peers) {
  const to = path.join(cache, `pixels-${peer.name}.f32`);
  first.push(await peer.ask<Reply>({ to }));
  const bytes = readFileSync(to);
  pixels.push(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
}
const worst = pixels[1].reduce((most, value, i) => Math.max(most, Math.abs(value - pixels[0][i])), 0);
const count = first[1].ids.length;
const equal = first[1].ids.filter((id, i) => id === first[0].ids[i]).length;
console.log(`${count} ids, ${equal} equal; pixels differ by ${worst.toExponential(1)} at most`);
if (pixels[0].length !== pixels[1].length || equal < LEAST_EQUAL_IDS * count)
  throw new Error('The two networks do not compute the same.');
if (equal === count && !(worst <= TOLERANCE)) throw new Error('The two decoders do not compute the same.');

const replies: Reply[][] = [[], []];
const quiet = new Quiet(Number(values.wait));
for (let run = 0; run < Number(values.runs); run++) {
  for (const [at, peer] of peers.entries()) {
    await quiet.wait();
    replies[at].push(await peer.ask<Reply>({}));
  }
}
const work = convolutionWork();
const rows = peers.map((peer, at) => {
  const cells = (['encode', 'decode'] as const).flatMap((half) => {
    const { median, min, max } = spread(replies[at].map((reply) => reply[half]));
    return [`${median.toFixed(2)} (${min.toFixed(2)} - ${max.toFixed(2)})`, (work[half] / median).toFixed(0)];
  });
  return [`${peer.name}, ${peer.ready.version}`, ...cells, String(peer.peakMiB() ?? '?')];
});
console.log(
  `\n${(parameters / 1e6).toFixed(1)} M parameters, ${SIDE} × ${SIDE} pixels, ${threads} threads, ${work.encode.toFixed(0)} + ${work.decode.toFixed(0)} GFLOP; ${values.runs} runs each; others kept at most ${quiet.busiest ?? '?'} cores busy\n`,
);
console.log(table(['', 's to encode', 'GFLOP/s', 's to decode', 'GFLOP/s', 'peak MiB'], rows));
for (const half of ['encode', 'decode'] as const) {
  const ratios = spread(replies[0].map((reply, run) => replies[1][run][half] / reply[half]));
  const { median, min, max } = ratios;
  console.log(
    `${half}: speed / PyTorch ${median.toFixed(2)} (${min.toFixed(2)} - ${max.toFixed(2)}), run by run`,
  );
}
for (const peer of peers) peer.stop();
