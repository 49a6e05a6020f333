/**
 * Voting heads on real speech: log-mel frames of recordings, as they are and with Gaussian or pink noise, and how many bits
 * and ids the noise changes on recordings that were not trained on. Beside them k-means on the same frames.
 *
 *   pnpm networks:voting-speech --audio <folder of 16 kHz WAV files, searched> [--bits 8] [--epochs 300] [--seed 0]
 *
 * `apt-get download pocketsphinx-testdata && dpkg --extract pocketsphinx-testdata_*.deb .` has ten such recordings.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createWasmKernels, logMelFrames, whisperScale } from '@polytok/common/kernels';
import { unitEditDistance } from '@polytok/common/metrics';
import { fitVq } from '@polytok/common/quantizers';
import {
  type FeaturePair,
  type FitVotingLfqOptions,
  fitVotingLfq,
  type VotingReport,
  votingReport,
} from '@polytok/common/quantizers/train';
import { readWav } from '@polytok/speech/node';
import { describeMachine, printMachine } from '../harness/machine.js';
import { table } from '../harness/table.js';

const BANDS = 80;
/** Draws of training noise, taken in turn by the epochs. */
const DRAWS = 8;
/** Every so many recordings one is held out. */
const HELD_OUT = 5;

const { values } = parseArgs({
  options: {
    audio: { type: 'string' },
    bits: { type: 'string', default: '8' },
    epochs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '0' },
    threads: { type: 'string', default: '1' },
  },
});
if (values.audio === undefined) throw new Error('Name a folder of 16 kHz WAV files: --audio FOLDER.');

let state = 1 + Number(values.seed);
const uniform = () => {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

/** White noise through three poles that fall by 3 dB per octave (Paul Kellet's economy filter). */
function pink(): () => number {
  let [a, b, c] = [0, 0, 0];
  return () => {
    const white = normal();
    a = 0.99765 * a + white * 0.099046;
    b = 0.963 * b + white * 0.2965164;
    c = 0.57 * c + white * 1.0526913;
    return a + b + c + white * 0.1848;
  };
}

function noisy(samples: Float32Array, next: () => number, snr: number): Float32Array {
  const noise = Float32Array.from(samples, next);
  const power = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
  const gain = Math.sqrt(power(samples) / power(noise)) * 10 ** (-snr / 20);
  return samples.map((value, at) => value + gain * noise[at]);
}

const kernels = createWasmKernels();
const mel = kernels.prepareLogMel({ sampleRate: 16_000, bands: BANDS });
function features(samples: Float32Array): Float32Array {
  const levels = new Float32Array(logMelFrames(samples.length, mel) * BANDS);
  kernels.logMel(mel, samples, levels);
  whisperScale(levels);
  return levels;
}

const files = readdirSync(values.audio, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.wav'))
  .sort();
const recordings: Float32Array[] = [];
for (const name of files) {
  const { samples, sampleRate } = await readWav(join(values.audio, name));
  if (sampleRate === 16_000) recordings.push(samples);
}
if (recordings.length < HELD_OUT)
  throw new Error(`Found ${recordings.length} recordings of 16 kHz; need ${HELD_OUT}.`);
const isHeldOut = (at: number) => at % HELD_OUT === HELD_OUT - 1;
const trained = recordings.filter((_, at) => !isHeldOut(at));
const tested = recordings.filter((_, at) => isHeldOut(at));

/** Intensities of the published training: Gaussian 16 to 30 dB, pink 16 to 24 dB. */
const perturbed = (samples: Float32Array): Float32Array =>
  uniform() < 0.5 ? noisy(samples, normal, 16 + 14 * uniform()) : noisy(samples, pink(), 16 + 8 * uniform());
const clean = trained.map(features);
const draws = Array.from({ length: DRAWS }, () => trained.map((samples) => features(perturbed(samples))));
let epoch = 0;
const training = {
  *[Symbol.iterator](): Generator<FeaturePair> {
    const draw = draws[epoch++ % DRAWS];
    for (const [at, frames] of clean.entries()) yield { clean: frames, perturbed: draw[at] };
  },
};
/** The published test conditions, and louder ones. */
const CONDITIONS: Readonly<Record<string, (samples: Float32Array) => Float32Array>> = {
  'Gaussian 25 dB': (samples) => noisy(samples, normal, 25),
  'pink 22 dB': (samples) => noisy(samples, pink(), 22),
  'Gaussian 16 dB': (samples) => noisy(samples, normal, 16),
};
const tests = Object.entries(CONDITIONS).map(([name, perturb]) => ({
  name,
  pairs: tested.map((samples) => ({ clean: features(samples), perturbed: features(perturb(samples)) })),
}));

printMachine(describeMachine());
const count = (all: readonly Float32Array[]) => all.reduce((sum, frames) => sum + frames.length / BANDS, 0);
const testedFrames = count(tests[0].pairs.map(({ clean: frames }) => frames));
console.log(
  `${recordings.length} recordings: ${count(clean)} frames of ${BANDS} bands to train on, ${testedFrames} of ${tested.length} other recordings to test on; ${values.bits} bits, ${values.epochs} epochs\n`,
);

const base = {
  dimension: BANDS,
  bits: Number(values.bits),
  batchSize: 512,
  epochs: Number(values.epochs),
  seed: Number(values.seed),
  threads: Number(values.threads),
  heldOutShare: 0,
};
const variants: readonly (readonly [string, Partial<FitVotingLfqOptions>])[] = [
  ['5 voters, untrained', { steps: 1, rate: 1e-12 }],
  ['1 voter, clean only', { voters: 1 }],
  ['5 voters, clean only', { cleanVoters: 5 }],
  ['5 voters, noise-aware', {}],
  ['5 voters, noise-aware, no consensus', { consensusWeight: 0 }],
  ['5 voters, noise-aware, codebook weight 0.2', { codebookWeight: 0.2 }],
];
const percent = (share: number) => (100 * share).toFixed(1);
const rows: string[][] = [];
for (const [name, options] of variants) {
  const { quantizer } = await fitVotingLfq(training, { ...base, ...options });
  const reports: VotingReport[] = [];
  for (const { pairs } of tests) reports.push(await votingReport(quantizer, pairs));
  const branches = (of: (report: VotingReport['vote']) => number) =>
    reports.map((report) =>
      percent(report.branches.reduce((sum, branch) => sum + of(branch) / report.branches.length, 0)),
    );
  rows.push([
    name,
    reports.map(({ vote }) => percent(vote.bitFlipRate)).join(' '),
    branches(({ bitFlipRate }) => bitFlipRate).join(' '),
    reports.map(({ vote }) => percent(vote.unitEditDistance.value)).join(' '),
    branches(({ unitEditDistance: { value } }) => value).join(' '),
    percent(reports[0].unexplained),
    String(reports[0].vote.utilisation.used),
    reports[0].vote.entropyBits.toFixed(2),
  ]);
}

const codebook = await fitVq(clean, {
  dimension: BANDS,
  count: 2 ** base.bits,
  seed: base.seed,
  init: 'k-means++',
});
const distances = tests.map(({ pairs }) =>
  percent(
    unitEditDistance({
      pairs: pairs.map((pair) => ({
        reference: codebook.quantize(pair.clean),
        perturbed: codebook.quantize(pair.perturbed),
      })),
    }).value,
  ),
);
let error = 0;
let total = 0;
const usedIds = new Map<number, number>();
const mean = new Float64Array(BANDS);
for (const { clean: frames } of tests[0].pairs)
  for (let at = 0; at < frames.length; at++) mean[at % BANDS] += frames[at] / testedFrames;
for (const { clean: frames } of tests[0].pairs) {
  const ids = codebook.quantize(frames);
  for (const id of ids) usedIds.set(id, (usedIds.get(id) ?? 0) + 1);
  const decoded = codebook.dequantize(ids);
  for (let at = 0; at < frames.length; at++) {
    error += (frames[at] - decoded[at]) ** 2;
    total += (frames[at] - mean[at % BANDS]) ** 2;
  }
}
const entropy = [...usedIds.values()].reduce(
  (sum, n) => sum - (n / testedFrames) * Math.log2(n / testedFrames),
  0,
);
rows.push([
  'k-means, clean only',
  '-',
  '-',
  distances.join(' '),
  '-',
  percent(error / total),
  String(usedIds.size),
  entropy.toFixed(2),
]);
console.log(`${tests.map(({ name }) => name).join(', ')}; % of bits and ids:\n`);
console.log(
  table(
    ['', 'flips, vote', 'flips, branch', 'UED, vote', 'UED, branch', 'unexplained %', 'ids', 'bits'],
    rows,
  ),
);
