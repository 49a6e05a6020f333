import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyKernels, backends, failureOf, uniform } from './backends.fixture.js';
import type { Kernels } from './contract.js';
import { createKernels } from './create-kernels.js';
import {
  createReferenceKernels,
  createWasmKernels,
  type LogMelOptions,
  logMelFrames,
  whisperScale,
} from './index.js';
import { type GoldenLevels, goldens } from './log-mel/goldens.fixture.js';
import { ReferenceEngine } from './reference/create-reference-kernels.js';

const WHISPER = { sampleRate: 16_000 } as const;
const PLAIN = { ...WHISPER, framing: 'plain' } as const;

/** Kernels whose engine has no transform of its own. */
function matrixKernels(): Kernels {
  const engine = new ReferenceEngine();
  return createKernels({
    name: 'products of matrices',
    get bytesHeld() {
      return engine.bytesHeld;
    },
    loadCodebook: (...call) => engine.loadCodebook(...call),
    loadMatrix: (...call) => engine.loadMatrix(...call),
  });
}

/** `(frames, bands)` */
async function levelsOf(
  kernels: AnyKernels,
  options: LogMelOptions,
  samples: Float32Array,
): Promise<Float32Array> {
  const logMel = kernels.prepareLogMel(options);
  const levels = new Float32Array(logMelFrames(samples.length, logMel) * logMel.bands);
  await kernels.logMel(logMel, samples, levels);
  logMel.dispose();
  return levels;
}

/** A quarter of a second. */
function signal(value: (at: number) => number, length = 4000): Float32Array {
  return Float32Array.from({ length }, (_, at) => value(at));
}

/** A tone that rises from 50 Hz to 7 kHz, in noise. */
function chirp(loudness: number, noise: number): Float32Array {
  const hiss = uniform(4000, 9);
  return signal(
    (at) => loudness * Math.sin((2 * Math.PI * at * (50 + 0.87 * at)) / 16_000) + noise * hiss[at],
  );
}

const tone = (hz: number, at: number) => Math.sin((2 * Math.PI * hz * at) / 16_000);

describe.each([...backends, { name: 'products of matrices', create: matrixKernels }])(
  'logMel, $name',
  async ({ name, create }) => {
    // WebAssembly transforms in double precision, the others in single.
    const double = name.startsWith('wasm');
    const kernels = await create();
    const reference = createReferenceKernels();

    /** Largest difference from float64 of the levels at most `range` below the loudest band of their frame. */
    const worstLevel = async (options: LogMelOptions, samples: Float32Array, range = 6) => {
      const levels = await levelsOf(kernels, options, samples);
      const expected = await levelsOf(reference, options, samples);
      const { bands = 80 } = options;
      let worst = 0;
      for (let from = 0; from < expected.length; from += bands) {
        const frame = expected.subarray(from, from + bands);
        const least = Math.max(...frame) - range;
        frame.forEach((level, band) => {
          if (level >= least) worst = Math.max(worst, Math.abs(level - levels[from + band]));
        });
      }
      return worst;
    };

    it.each([
      { name: '80 bands', bands: 80, golden: goldens.log_mel_sine.mel80 },
      { name: '128 bands', bands: 128, golden: goldens.log_mel_sine.mel128 },
    ])('gives Whisper’s golden values: $name', async ({ bands, golden }) => {
      const samples = signal((at) => 0.5 * tone(440, at) + 0.25 * tone(1000, at), 16_000);
      const levels = await levelsOf(kernels, { ...WHISPER, bands }, samples);
      whisperScale(levels);
      expectGolden(levels, golden);
    });

    it.each([
      { name: 'noise', samples: uniform(4000, 1) },
      { name: 'faint noise', samples: uniform(4000, 2).map((value) => 1e-6 * value) },
      { name: 'silence', samples: new Float32Array(4000) },
      { name: 'a full-scale square wave', samples: signal((at) => (at % 40 < 20 ? 1 : -1)) },
      { name: 'pulses', samples: signal((at) => (at % 1000 === 0 ? 1 : 0)) },
    ])('is within 1e-4 of float64 in every band of a signal up to 1: $name', async ({ samples }) => {
      expect(await worstLevel({ ...WHISPER, bands: 128 }, samples, 100)).toBeLessThan(1e-4);
    });

    it.each([
      { name: 'a chirp in noise', samples: chirp(0.5, 0.001) },
      { name: 'a chirp of 16-bit size', samples: chirp(32_767, 0.1) },
      { name: 'a square wave of 1e15', samples: signal((at) => 1e15 * Math.sign(tone(440, at))) },
      { name: 'noise of 1e15', samples: uniform(4000, 3).map((value) => 1e15 * value) },
    ])(
      'is within 1e-4 of float64 down to 6 below the loudest band, 1e-3 down to 8: $name',
      async ({ samples }) => {
        expect(await worstLevel(WHISPER, samples, 6)).toBeLessThan(1e-4);
        expect(await worstLevel(WHISPER, samples, 8)).toBeLessThan(1e-3);
      },
    );

    if (double) {
      it('is within 1e-4 of float64 in every band, however loud another one is', async () => {
        const faint = uniform(4000, 11);
        const quiet = signal((at) => 1000 * tone(1000, at) + 1e-4 * tone(5000, at) + 1e-6 * faint[at]);
        for (const samples of [quiet, chirp(0.5, 1e-6), chirp(32_767, 1e-3)]) {
          expect(await worstLevel({ ...WHISPER, bands: 128, floor: 1e-20 }, samples, 100)).toBeLessThan(1e-4);
        }
      });
    }

    it.each([
      { windowLength: 320, hop: 160 },
      { windowLength: 400, fftSize: 512, hop: 160 },
      { windowLength: 25, fftSize: 30, hop: 7, bands: 8 },
      { windowLength: 486, hop: 100, bands: 64 },
      { windowLength: 640, hop: 200, bands: 40, scale: 'htk' },
      { windowLength: 1024, hop: 256, minFrequency: 20, maxFrequency: 7600 },
      { windowLength: 1200, hop: 240, bands: 100, scale: 'htk' },
      { windowLength: 4, hop: 3, bands: 2 },
    ] as const)('transforms other lengths: %o', async (lengths) => {
      expect(await worstLevel({ ...WHISPER, ...lengths }, uniform(5000, 4))).toBeLessThan(1e-4);
    });

    it('gives the power of a frame in a band, and the floor', async () => {
      // The window 0 ½ 1 ½ makes 2 1 0 of 1 1 1 1 in bins 0, 1, 2. In mel 4000 Hz lies above the middle of the only filter,
      // 1767.8 Hz, so that bin 1 weighs (8000 - 4000) / (8000 - 1767.8) = 0.6418.
      const options = { ...PLAIN, windowLength: 4, hop: 4, bands: 1, scale: 'htk', floor: 1e-5 } as const;
      const levels = await levelsOf(kernels, options, Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0));
      expect(levels[0]).toBeCloseTo(Math.log10(0.6418), 4);
      expect(levels[1]).toBeCloseTo(-5, 5);
    });

    it('gives parts of a plain-framed signal the same bits as the whole', async () => {
      const samples = uniform(16_000, 5);
      const whole = await levelsOf(kernels, PLAIN, samples);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 97 }),
          fc.integer({ min: 1, max: 20 }),
          async (first, count) => {
            const end = Math.min(98, first + count);
            const part = samples.subarray(first * 160, (end - 1) * 160 + 400);
            expect(await levelsOf(kernels, PLAIN, part)).toEqual(whole.subarray(first * 80, end * 80));
          },
        ),
        { numRuns: 10 },
      );
    });

    it('gives a frame the same bits whatever lies beside it, and on every call', async () => {
      const samples = uniform(1600, 6);
      const loud = samples.map((value, at) => (at < 800 ? 1e12 * value : value));
      const levels = (await levelsOf(kernels, PLAIN, samples)).subarray(5 * 80);
      expect((await levelsOf(kernels, PLAIN, loud)).subarray(5 * 80)).toEqual(levels);
      expect((await levelsOf(kernels, PLAIN, samples)).subarray(5 * 80)).toEqual(levels);
    });

    it('goes through many blocks of frames', async () => {
      const samples = uniform(5000, 7);
      const options = { ...WHISPER, windowLength: 16, hop: 1, bands: 9 };
      const levels = await levelsOf(kernels, options, samples);
      expect(levels).toHaveLength(5000 * 9);
      expect(await worstLevel(options, samples)).toBeLessThan(1e-4);
    });

    it('has no frames for no samples', async () => {
      expect(await levelsOf(kernels, WHISPER, new Float32Array(0))).toHaveLength(0);
      expect(await levelsOf(kernels, PLAIN, new Float32Array(399))).toHaveLength(0);
    });

    it('refuses bad samples, sizes and operands', async () => {
      const logMel = kernels.prepareLogMel(WHISPER);
      const refusal = (details: object) =>
        expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) });
      const bad = new Float32Array(320);
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1.1e15]) {
        bad[7] = value;
        expect(await failureOf(() => kernels.logMel(logMel, bad, new Float32Array(160)))).toEqual(
          refusal({ name: 'samples', row: 7 }),
        );
      }
      expect(
        await failureOf(() => kernels.logMel(logMel, new Float32Array(320), new Float32Array(80))),
      ).toEqual(refusal({ name: 'out', actual: 80, expected: 160 }));
      expect(
        await failureOf(() => kernels.logMel(logMel, new Float32Array(200), new Float32Array(80))),
      ).toEqual(refusal({ actual: 200, above: 200 }));
      logMel.dispose();
      expect(
        await failureOf(() => kernels.logMel(logMel, new Float32Array(320), new Float32Array(160))),
      ).toEqual(refusal({ operand: 'log-mel transform' }));
    });

    it('gives its memory back', async () => {
      const before = kernels.bytesHeld;
      for (let round = 0; round < 20; round++) await levelsOf(kernels, WHISPER, uniform(1000, round));
      expect(kernels.bytesHeld).toBe(before);
    });
  },
);

function expectGolden(
  levels: Float32Array,
  { shape: [bands, frames], mean, min, max, entries }: GoldenLevels,
): void {
  expect(levels).toHaveLength(bands * frames);
  expect(Math.abs(levels.reduce((sum, level) => sum + level, 0) / levels.length - mean)).toBeLessThan(2e-6);
  expect(Math.abs(Math.min(...levels) - min)).toBeLessThan(2e-5);
  expect(Math.abs(Math.max(...levels) - max)).toBeLessThan(2e-5);
  for (const { mel, frame, value } of entries) {
    expect(Math.abs(levels[frame * bands + mel] - value)).toBeLessThan(2e-5);
  }
}

it('gives the same bits on every machine: Whisper’s levels of noise', async () => {
  const levels = await levelsOf(createWasmKernels(), WHISPER, uniform(16_000, 8));
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(levels.buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
  expect(hash >>> 0).toBe(1729825055);
});
