import { describe, expect, it } from 'vitest';
import { createWasmKernels } from '../../kernels/index.js';
import { uniform } from '../../kernels/random-values.fixture.js';
import { largestDifference } from '../goldens.fixture.js';
import { laterKernels } from '../later-kernels.fixture.js';
import { float32, residualGoldens, type StageState } from '../residual-goldens.fixture.js';
import { EmaTrainer } from './ema-trainer.js';
import { ResidualEmaTrainer, type ResidualEmaTrainerOptions } from './residual-ema-trainer.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
const { codebooks, dimension, batches, ema, ema_dropout: dropout, grouped } = residualGoldens;
const counts = [4, 3, 5];

function expectState(trainer: ResidualEmaTrainer, state: readonly StageState[]): void {
  const tensors = trainer.tensors();
  state.forEach((stage, index) => {
    for (const name of ['codes', 'counts', 'sums'] as const) {
      const { values } = tensors[`stages.${index}.${name}`];
      expect(largestDifference(values, stage[name])).toBeLessThan(2e-6);
    }
  });
}

const stored = (trainer: ResidualEmaTrainer) => ({
  config: JSON.parse(JSON.stringify(trainer)),
  tensors: trainer.tensors(),
});

describe('ResidualEmaTrainer', () => {
  it.each([
    ['', undefined, ema],
    // This seed draws 2, 3 and 1 stages, as the golden steps do.
    [' with quantize dropout', { seed: 27 }, dropout],
  ])('takes the steps of vector-quantize-pytorch%s', (_name, options, steps) => {
    const trainer = new ResidualEmaTrainer({
      ...{ dimension, counts, codebooks: codebooks.map(float32), dropout: options },
    });
    batches.forEach((batch, index) => {
      const { ids, quantized, commitmentLosses } = trainer.step(float32(batch));
      expect(Array.from(ids)).toEqual(steps[index].ids);
      expect(largestDifference(quantized, steps[index].quantized)).toBeLessThan(2e-6);
      expect(largestDifference(commitmentLosses, steps[index].losses)).toBeLessThan(2e-6);
      expectState(trainer, steps[index].state);
    });
  });

  it('trains groups side by side', () => {
    const trainers = grouped.codebooks.map(
      (group) => new ResidualEmaTrainer({ dimension: 3, counts, codebooks: group.map(float32) }),
    );
    grouped.batches.forEach((batch, step) => {
      trainers.forEach((trainer, group) => {
        trainer.step(float32(batch.filter((_, i) => Math.floor((i % 6) / 3) === group)));
        expectState(trainer, grouped.steps[step].state[group]);
      });
    });
  });

  it('is an EmaTrainer where it has one stage', () => {
    const options = { dimension: 2, deadBelow: 1, seed: 5 };
    const residual = new ResidualEmaTrainer({ ...options, counts: [6] });
    const plain = new EmaTrainer({ ...options, count: 6 });
    for (const seed of [1, 2, 3]) {
      const { ids, commitmentLosses, revived } = residual.step(uniform(80, seed));
      const step = plain.step(uniform(80, seed));
      expect(Array.from(ids)).toEqual(Array.from(step.ids));
      expect({ losses: commitmentLosses, revived }).toEqual({
        losses: [step.commitmentLoss],
        revived: step.revived,
      });
    }
    expect(residual.freeze().tensors()['codes.0']).toEqual(plain.freeze().tensors().codes);
  });

  it('gives what its quantizer decodes, and comes nearer with time', () => {
    const trainer = new ResidualEmaTrainer({
      dimension: 2,
      counts: [8, 8],
      codebooks: [uniform(16, 1), uniform(16, 2)],
    });
    const sums: number[] = [];
    for (let step = 0; step < 30; step++) {
      const vectors = uniform(200, step + 3);
      const rvq = trainer.freeze();
      const { ids, quantized, commitmentLosses } = trainer.step(vectors);
      expect(Array.from(ids)).toEqual(Array.from(rvq.quantize(vectors)));
      expect(rvq.dequantize(ids)).toEqual(quantized);
      sums.push(commitmentLosses[1]);
    }
    expect(sums[29]).toBeLessThan(0.5 * sums[0]);
  });

  it('starts a stage by k-means when it first takes part', () => {
    const trainer = new ResidualEmaTrainer({ dimension: 1, counts: [2, 2] });
    expect(() => trainer.freeze()).toThrow(code('INVALID_ARGUMENT'));
    trainer.step(Float32Array.of(0, 1, 10, 11));
    expect(trainer.freeze().codebookSizes).toEqual([2, 2]);
  });

  it('goes on bit by bit after it was stored', () => {
    const options: ResidualEmaTrainerOptions = {
      ...{ dimension: 3, counts: [20, 10, 5], deadBelow: 1.5, seed: 4 },
      dropout: { cutoff: 1, multipleOf: 2, seed: 2 },
    };
    const whole = new ResidualEmaTrainer(options);
    let resumed = new ResidualEmaTrainer(options);
    for (let step = 0; step < 6; step++) {
      const { config, tensors } = stored(resumed);
      resumed = ResidualEmaTrainer.fromJSON(config, tensors);
      expect(resumed.step(uniform(60, step))).toEqual(whole.step(uniform(60, step)));
    }
    expect(stored(resumed)).toEqual(stored(whole));
    expect(whole.steps).toBe(6);
  });

  it('learns the same on kernels that wait, one step at a time', async () => {
    const options = { dimension: 4, counts: [8, 4], seed: 1 };
    const [now, later] = [new ResidualEmaTrainer(options), new ResidualEmaTrainer(options)];
    const kernels = laterKernels();
    const first = later.stepOn(kernels, uniform(200, 1));
    await expect(later.stepOn(kernels, uniform(200, 1))).rejects.toThrow(code('INVALID_ARGUMENT'));
    expect(await first).toEqual(now.step(uniform(200, 1)));
    expect(later.tensors()).toEqual(now.tensors());
    expect(kernels.bytesHeld).toBe(0);
  });

  it('learns nothing from masked rows, and nothing from a bad batch', () => {
    const options = {
      dimension: 1,
      counts: [2, 2],
      codebooks: [Float32Array.of(0, 10), Float32Array.of(-1, 1)],
    };
    const kernels = createWasmKernels();
    const [masked, without] = [
      new ResidualEmaTrainer({ ...options, kernels }),
      new ResidualEmaTrainer(options),
    ];
    const before = stored(masked);
    for (const bad of [new Float32Array(0), Float32Array.of(Number.NaN)]) {
      expect(() => masked.step(bad)).toThrow(code('INVALID_ARGUMENT'));
    }
    expect(stored(masked)).toEqual(before);
    const step = masked.step(Float32Array.of(1, 8, -700), { mask: [1, 1, 0] });
    expect(Array.from(step.ids)).toEqual([0, 1, 1, 0, 0, 0]);
    without.step(Float32Array.of(1, 8));
    expect(masked.tensors()).toEqual(without.tensors());
  });

  it('has its state as before where kernels fail in a later stage', async () => {
    const kernels = laterKernels();
    const trainer = new ResidualEmaTrainer({ dimension: 1, counts: [2, 2, 2] });
    const rows = uniform(20, 1);
    await trainer.stepOn(kernels, rows);
    const before = stored(trainer);
    let steps = 0;
    const failing = {
      ...kernels,
      kmeansStep: async (...call: Parameters<typeof kernels.kmeansStep>) => {
        if (++steps === 3) throw new Error('the GPU is gone');
        return kernels.kmeansStep(...call);
      },
    };
    await expect(trainer.stepOn(failing, rows)).rejects.toThrow('the GPU is gone');
    expect(steps).toBe(3);
    expect(stored(trainer)).toEqual(before);
    const [again, expected] = [
      await trainer.stepOn(kernels, rows),
      new ResidualEmaTrainer({ dimension: 1, counts: [2, 2, 2] }),
    ];
    expected.step(rows);
    expect(again).toEqual(expected.step(rows));
  });

  it.each([
    { counts: [] },
    { counts: [4, 0] },
    { dimension: 0 },
    { decay: 1 },
    { codebooks: [new Float32Array(8)] },
    { codebooks: [new Float32Array(8), new Float32Array(7)] },
    { dropout: { cutoff: 2 } },
    { dropout: { multipleOf: 0 } },
    { seed: 0.5 },
  ])('refuses %j', (bad) => {
    expect(() => new ResidualEmaTrainer({ dimension: 2, counts: [4, 4], ...bad })).toThrow(
      code('INVALID_ARGUMENT'),
    );
  });

  const stage = { type: 'vq-ema', dimension: 2, count: 2 };
  it.each([
    [{ type: 'vq-ema' }, {}, 'INVALID_FORMAT'],
    [{ type: 'rvq-ema', stages: 2 }, {}, 'INVALID_FORMAT'],
    [{ type: 'rvq-ema', stages: [] }, {}, 'INVALID_ARGUMENT'],
    [{ type: 'rvq-ema', stages: [stage], steps: -1 }, {}, 'INVALID_ARGUMENT'],
    [{ type: 'rvq-ema', stages: [stage, { ...stage, dimension: 3 }] }, {}, 'INVALID_FORMAT'],
    [{ type: 'rvq-ema', stages: [{ ...stage, variant: 'vq-cosine' }] }, {}, 'INVALID_FORMAT'],
    [{ type: 'rvq-ema', stages: [{ ...stage, started: true }] }, {}, 'INVALID_FORMAT'],
    [{ type: 'rvq-ema', stages: [stage], dropout: true, cutoff: 1 }, {}, 'INVALID_ARGUMENT'],
    [
      { type: 'rvq-ema', stages: [stage] },
      { 'stages.1.codes': { shape: [2, 2], values: uniform(4, 1) } },
      'INVALID_FORMAT',
    ],
  ])('refuses to be restored from %j', (config, tensors, error) => {
    expect(() => ResidualEmaTrainer.fromJSON(config, tensors as never)).toThrow(code(error));
  });
});
