import * as ort from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { quantizerFromSafetensors, quantizerToSafetensors } from '../quantizer-safetensors.js';
import { votingLosses } from '../voting-losses.js';
import type { FeaturePair, FeaturePairs } from './feature-pairs.js';
import { fitVotingLfq, type VotingFit, type VotingProgress } from './fit-voting-lfq.js';
import { NUISANCE_DIMENSION, nuisancePairs } from './nuisance-pairs.fixture.js';
import type { FitVotingLfqOptions } from './voting-options.js';
import { votingReport } from './voting-report.js';

const sizes = { dimension: NUISANCE_DIMENSION, bits: 4, batchSize: 256, threads: 1, runtime: ort };
const training = nuisancePairs(4000, 1);
const heldOut = nuisancePairs(2000, 2);
const fit = (options: Partial<FitVotingLfqOptions> = {}, pairs: FeaturePairs = training) =>
  fitVotingLfq(pairs, { ...sizes, epochs: 1, ...options });
const code = (name: string, details: object = {}) =>
  expect.objectContaining({ name: 'PolytokError', code: name, details: expect.objectContaining(details) });

const meanFlips = ({ report }: VotingFit) =>
  report!.branches.reduce((sum, { bitFlipRate }) => sum + bitFlipRate / report!.branches.length, 0);

describe('noise-aware training', () => {
  it('finds bits that survive a perturbation, where training without it does not', {
    timeout: 60_000,
  }, async () => {
    const options = { epochs: 60, heldOut };
    // Measured with seeds 0 to 2, in flipped bits: 0 to 6 % of the vote; 25 to 32 % unaware, 20 to 34 % with one branch, 36 %
    // untrained. Rounding decides where between: signs pass it on from step to step.
    const aware = await fit(options);
    expect(aware.report!.vote.bitFlipRate).toBeLessThan(0.12);
    expect(aware.report!.vote.unitEditDistance.value).toBeLessThan(0.4);
    // Most of the four signs, which are half of the variance.
    expect(aware.report!.vote.utilisation.used).toBe(16);
    expect(aware.report!.vote.entropyBits).toBeGreaterThan(3.8);
    expect(aware.report!.unexplained).toBeLessThan(0.7);

    const unaware = await fit({ ...options, cleanVoters: 5 });
    expect(unaware.report!.vote.bitFlipRate).toBeGreaterThan(0.15);
    const single = await fit({ ...options, voters: 1 });
    expect(single.report!.vote.bitFlipRate).toBeGreaterThan(0.15);
    expect(single.report!.vote).toEqual(single.report!.branches[0]);
    const untrained = await fit({ heldOut, steps: 1, rate: 1e-9 });
    expect(untrained.report!.vote.bitFlipRate).toBeGreaterThan(0.2);
  });

  it('makes a vote that is steadier than its branches, where these still err', async () => {
    const early = await fit({ epochs: 20, heldOut });
    // Measured with seeds 0 to 2: 9 to 22 % of the bits of the vote flip, 15 to 25 % of those of a branch.
    expect(meanFlips(early)).toBeGreaterThan(0.05);
    expect(early.report!.vote.bitFlipRate).toBeLessThan(meanFlips(early));
  });

  it('gives a loss curve that falls, and losses that are those of the branches', async () => {
    const { quantizer, history, steps, frames } = await fit({ epochs: 4, heldOutShare: 0, seed: 3 });
    expect([steps, frames, history.length]).toEqual([60, 4000, 60]);
    expect(history[59].total).toBeLessThan(history[0].total);
    expect(history[59].reconstruction).toBeLessThan(history[0].reconstruction);
    const last = history[59];
    // Of all frames, seen as they are by every voter: what `votingLosses` says of the quantizer.
    const branches = quantizer.branches(Float32Array.from(training.clean));
    const { sampleEntropy, batchEntropy } = votingLosses({ quantizer: quantizer.voting, branches });
    expect(Math.abs(last.sampleEntropy - sampleEntropy)).toBeLessThan(0.2);
    expect(Math.abs(last.batchEntropy - batchEntropy)).toBeLessThan(0.2);
  });

  it('folds mean and deviation into the projections', async () => {
    const scaled = (values: FeaturePair['clean']) =>
      Float32Array.from(values, (value, at) => 100 + 8 * (at % NUISANCE_DIMENSION) + 4 * value);
    const moved = { clean: scaled(training.clean), perturbed: scaled(training.perturbed) };
    const [plain, shifted] = [await fit({ steps: 10 }), await fit({ steps: 10 }, moved)];
    const ids = plain.quantizer.quantize(Float32Array.from(training.clean));
    const same = shifted.quantizer.quantize(moved.clean).filter((id, at) => id === ids[at]);
    // The rest lies where float32 cannot tell the sign.
    expect(same.length / ids.length).toBeGreaterThan(0.995);
    expect(shifted.report!.unexplained).toBeCloseTo(plain.report!.unexplained, 2);
    const raw = await fit({ steps: 1, rate: 1e-9, standardize: false }, moved);
    // Projections of features far from 0 hardly change their sign.
    expect(raw.report!.vote.utilisation.used).toBeLessThan(4);
  });

  it('is decided by pairs, options and seed, also from a stream', async () => {
    const stream = {
      async *[Symbol.asyncIterator]() {
        for (let from = 0; from < 4000; from += 900) {
          const cut = (values: FeaturePair['clean']) =>
            values.subarray(from * NUISANCE_DIMENSION, (from + 900) * NUISANCE_DIMENSION);
          yield { clean: cut(training.clean), perturbed: cut(training.perturbed) };
        }
      },
    };
    const bytes = async (options: Partial<FitVotingLfqOptions>, pairs?: FeaturePairs) =>
      quantizerToSafetensors((await fit({ steps: 20, heldOutShare: 0, ...options }, pairs)).quantizer);
    const first = await bytes({});
    expect(await bytes({})).toEqual(first);
    expect(await bytes({}, stream)).toEqual(first);
    expect(await bytes({ seed: 1 })).not.toEqual(first);
  });

  it('gives a quantizer that is stored and reported on later', async () => {
    const { quantizer, report } = await fit({ steps: 5, heldOut, order: 'msb-first' });
    const again = quantizerFromSafetensors(quantizerToSafetensors(quantizer));
    const features = Float32Array.from(heldOut.clean);
    expect(again.quantize(features)).toEqual(quantizer.quantize(features));
    expect(again.toJSON().order).toBe('msb-first');
    expect(await votingReport(quantizer, heldOut)).toEqual(report);
  });

  it('holds out the end of every pair, or nothing', async () => {
    const held = await fit({ steps: 1, heldOutShare: 0.2 });
    expect([held.frames, held.report!.frames]).toEqual([3200, 800]);
    expect((await fit({ steps: 1, heldOutShare: 0 })).report).toBeUndefined();
    await expect(fit({ steps: 1, heldOutShare: 0.0001 })).rejects.toThrow(code('INVALID_ARGUMENT'));
  });

  it('tells every step, with the rate of its schedule', async () => {
    const seen: VotingProgress[] = [];
    await fit({
      epochs: 2,
      heldOutShare: 0,
      rate: (step) => 0.001 * step,
      onProgress: (step) => seen.push(step),
    });
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    expect([seen[0].epoch, seen[14].epoch, seen[15].epoch, seen[29].steps]).toEqual([0, 0, 1, 30]);
    expect(seen[4].rate).toBeCloseTo(0.005);
    const { total, consensus, commitment, sampleEntropy, batchEntropy, reconstruction } = seen[7];
    const sum = 0.25 * consensus + 0.25 * commitment + sampleEntropy - batchEntropy + reconstruction;
    expect(total).toBeCloseTo(sum, 5);
  });
});

describe('what goes wrong', () => {
  it.each<[Partial<FitVotingLfqOptions>, string]>([
    [{ dimension: 0 }, 'INVALID_ARGUMENT'],
    [{ dimension: 7 }, 'INVALID_ARGUMENT'],
    [{ voters: 4 }, 'INVALID_ARGUMENT'],
    [{ voters: 0 }, 'INVALID_ARGUMENT'],
    [{ voters: 5, cleanVoters: 2 }, 'INVALID_ARGUMENT'],
    [{ voters: 5, cleanVoters: 6 }, 'INVALID_ARGUMENT'],
    [{ bits: 0 }, 'INVALID_ARGUMENT'],
    [{ bits: 21 }, 'LIMIT_EXCEEDED'],
    [{ consensusForm: 'code' as never }, 'INVALID_ARGUMENT'],
    [{ temperature: 0 }, 'INVALID_ARGUMENT'],
    [{ commitmentWeight: -1 }, 'INVALID_ARGUMENT'],
    [{ reconstructionWeight: Number.NaN }, 'INVALID_ARGUMENT'],
    [{ heldOutShare: 1 }, 'INVALID_ARGUMENT'],
    [{ batchSize: 1 }, 'INVALID_ARGUMENT'],
    [{ epochs: 0 }, 'INVALID_ARGUMENT'],
    [{ steps: 0 }, 'INVALID_ARGUMENT'],
    [{ seed: 0.5 }, 'INVALID_ARGUMENT'],
    [{ rate: -1 }, 'INVALID_ARGUMENT'],
    [{ threads: 0 }, 'INVALID_ARGUMENT'],
    [{ clipNorm: 0 }, 'INVALID_ARGUMENT'],
    [{ heldOut: [training].values() }, 'INVALID_ARGUMENT'],
  ])('%j is refused', async (bad, name) => {
    await expect(fit(bad)).rejects.toThrow(code(name));
  });

  it('frames fewer than a batch are named, and NaN with its place', async () => {
    await expect(fit({ batchSize: 3601 })).rejects.toThrow(
      code('INVALID_ARGUMENT', { frames: 3600, batchSize: 3601 }),
    );
    await expect(fit({}, [])).rejects.toThrow(code('INVALID_ARGUMENT', { frames: 0 }));
    const broken = Float32Array.from(training.perturbed);
    broken[NUISANCE_DIMENSION * 17 + 3] = Number.NaN;
    await expect(fit({}, { ...training, perturbed: broken })).rejects.toThrow(
      code('INVALID_ARGUMENT', { row: 17, column: 3 }),
    );
  });

  it('uneven pairs are named by their number', async () => {
    const uneven = { clean: training.clean, perturbed: training.perturbed.subarray(NUISANCE_DIMENSION) };
    await expect(fit({}, [training, uneven])).rejects.toThrow(
      code('INVALID_ARGUMENT', { pair: 1, clean: 4000, perturbed: 3999 }),
    );
  });

  it('a signal stops training between two steps', async () => {
    const controller = new AbortController();
    let steps = 0;
    const onProgress = () => {
      if (++steps === 3) controller.abort();
    };
    await expect(fit({ onProgress, signal: controller.signal })).rejects.toThrow(code('ABORTED'));
    expect(steps).toBe(3);
    await expect(fit({ signal: AbortSignal.abort() })).rejects.toThrow(code('ABORTED'));
  });

  it('features too large for float32 end with the step that shows it, unless they are standardized', async () => {
    const huge = nuisancePairs(600, 1);
    const clean = Float32Array.from(huge.clean, (value) => value * 1e14);
    const perturbed = Float32Array.from(huge.perturbed, (value) => value * 1e14);
    await expect(fit({ standardize: false }, { clean, perturbed })).rejects.toThrow(
      code('INVALID_ARGUMENT', { step: 1 }),
    );
    await expect(fit({ steps: 2 }, { clean, perturbed })).resolves.toMatchObject({ steps: 2 });
  });
});

describe('without ONNX Runtime', () => {
  afterEach(() => {
    vi.doUnmock('onnxruntime-node');
    vi.doUnmock('onnxruntime-web');
    vi.resetModules();
  });

  it('says what to install, before it reads a frame', async () => {
    vi.resetModules();
    const missing = () => {
      throw new Error('Cannot find package');
    };
    vi.doMock('onnxruntime-node', missing);
    vi.doMock('onnxruntime-web', missing);
    const { fitVotingLfq: fresh } = await import('./fit-voting-lfq.js');
    let read = false;
    const pairs = {
      *[Symbol.iterator]() {
        read = true;
        yield training;
      },
    };
    await expect(fresh(pairs, { ...sizes, runtime: undefined })).rejects.toThrow(code('UNAVAILABLE'));
    expect(read).toBe(false);
  });
});
