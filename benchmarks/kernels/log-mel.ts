/**
 * Log-mel levels of 30 s at 16 kHz on one thread: polytok's WebAssembly beside fft.js, the fastest FFT in plain JavaScript
 * that we know, with window, mel filters and logarithm in TypeScript around it. fft.js knows powers of two alone, so it
 * pads Whisper's 400 samples to 512. polytok runs both lengths; the levels are compared at 512, and at 400 with float64.
 *
 *   pnpm log-mel [--runs 25]
 */
import { parseArgs } from 'node:util';
import {
  createReferenceKernels,
  createWasmKernels,
  type Kernels,
  type LogMelOptions,
  logMelFrames,
} from '@polytok/common/kernels';
import { logMelLayout } from '../../packages/common/src/kernels/log-mel/log-mel-layout.js';
import { describeMachine, printMachine } from '../harness/machine.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { fftJsLogMel } from './fft-js-log-mel.js';

const SECONDS = 30;
const RATE = 16_000;
/** How far below the loudest band of its frame a level is compared, in units of log10: Whisper's own cut. */
const RANGE = 8;
/** Largest difference between two implementations that counts as equal, in units of log10. */
const TOLERANCE = 1e-4;

interface Contender {
  readonly name: string;
  readonly out: Float32Array;
  readonly run: () => void;
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '25' } } });
const runs = Number(values.runs);
const samples = noisyChirp();
const rows = [80, 128].flatMap(compare);
printMachine(describeMachine());
console.log(`${SECONDS} s at ${RATE} Hz, window 400, hop 160, one thread, ${runs} interleaved runs\n`);
console.log(table(['', 'ms, median', '× real time', 'at best', 'speed / fft.js'], rows));

function compare(bands: number): string[][] {
  const options = { sampleRate: RATE, bands, framing: 'plain' } as const;
  const padded = { ...options, fftSize: 512 };
  const wasm = createWasmKernels();
  const exact = onKernels('polytok, 400 samples', wasm, options);
  const same = onKernels('polytok, padded to 512', wasm, padded);
  const peerRun = fftJsLogMel(logMelLayout(padded));
  const peer = {
    name: 'fft.js, padded to 512',
    out: same.out.slice(),
    run: () => peerRun(samples, peer.out),
  };
  const truth = onKernels('float64', createReferenceKernels(), options);
  const contenders: readonly Contender[] = [exact, same, peer];
  for (const { run } of [truth, ...contenders]) run();
  requireEqual(exact, truth, bands);
  requireEqual(same, peer, bands);

  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < runs; round++) {
    contenders.forEach(({ run }, index) => {
      const start = performance.now();
      run();
      times[index].push(performance.now() - start);
    });
  }
  const spreads = times.map(spread);
  return contenders.map(({ name }, index) => {
    const { median, min } = spreads[index];
    return [
      `${name}, ${bands} bands`,
      median.toFixed(2),
      ((1000 * SECONDS) / median).toFixed(0),
      ((1000 * SECONDS) / min).toFixed(0),
      (spreads[2].median / median).toFixed(1),
    ];
  });
}

function onKernels(name: string, kernels: Kernels, options: LogMelOptions): Contender {
  const mel = kernels.prepareLogMel(options);
  const out = new Float32Array(logMelFrames(samples.length, mel) * mel.bands);
  return { name, out, run: () => kernels.logMel(mel, samples, out) };
}

/** @throws Error where levels that are not further than {@link RANGE} below differ by more than {@link TOLERANCE} */
function requireEqual(a: Contender, b: Contender, bands: number): void {
  let worst = 0;
  for (let from = 0; from < b.out.length; from += bands) {
    const frame = b.out.subarray(from, from + bands);
    const least = Math.max(...frame) - RANGE;
    frame.forEach((level, band) => {
      if (level >= least) worst = Math.max(worst, Math.abs(level - a.out[from + band]));
    });
  }
  if (!(worst <= TOLERANCE)) throw new Error(`${a.name} and ${b.name} differ by ${worst}.`);
  console.log(`${a.name} and ${b.name}, ${bands} bands: at most ${worst.toExponential(1)} apart`);
}

/** A tone that rises from 50 Hz to 4 kHz over noise, the same on every run. */
function noisyChirp(): Float32Array {
  const length = SECONDS * RATE;
  let state = 1;
  return Float32Array.from({ length }, (_, at) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    const time = at / RATE;
    const turns = 50 * time + ((3950 / SECONDS) * time * time) / 2;
    return 0.5 * Math.sin(2 * Math.PI * turns) + 0.01 * (state / 2 ** 31 - 1);
  });
}
