import { describe, expect, it } from 'vitest';
import { createReferenceKernels, createWasmKernels } from '../../kernels/index.js';
import { uniform } from '../../kernels/random-values.fixture.js';
import { goldens, largestDifference, rowsOf } from '../goldens.fixture.js';
import { laterKernels } from '../later-kernels.fixture.js';
import { EmaTrainer } from './ema-trainer.js';

const { vq_ema_step: golden } = goldens;
const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

function stored(trainer: EmaTrainer): {
  readonly config: unknown;
  readonly tensors: ReturnType<EmaTrainer['tensors']>;
} {
  return { config: JSON.parse(JSON.stringify(trainer)), tensors: trainer.tensors() };
}

describe('EmaTrainer', () => {
  it('takes the golden step', () => {
    const tensor = (rows: number[][]) => ({ shape: [3, 2], values: Float32Array.from(rows.flat()) });
    const trainer = EmaTrainer.fromJSON(
      { type: 'vq-ema', dimension: 2, count: 3, decay: golden.decay, epsilon: golden.eps, started: true },
      {
        codes: tensor(golden.codebook),
        counts: { shape: [3], values: Float32Array.from(golden.counts) },
        sums: tensor(golden.sums),
      },
    );
    const { ids, quantized, commitmentLoss } = trainer.step(rowsOf(golden.batch));
    expect(Array.from(ids)).toEqual(golden.assignment);
    expect(Array.from(quantized)).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
    // (0.08 + 0.16 + 0.08 + 0.1) / 8
    expect(commitmentLoss).toBeCloseTo(0.0525, 7);
    const { codes, counts, sums } = trainer.tensors();
    expect(largestDifference(codes.values, golden.new_codebook.flat())).toBeLessThan(5e-7);
    expect(largestDifference(counts.values, golden.new_counts)).toBeLessThan(2e-7);
    expect(largestDifference(sums.values, golden.new_sums.flat())).toBeLessThan(2e-7);
  });

  it('starts by k-means on the first batch', () => {
    const trainer = new EmaTrainer({ dimension: 1, count: 2, decay: 0.5 });
    expect(() => trainer.freeze()).toThrow(code('INVALID_ARGUMENT'));
    const { quantized } = trainer.step(Float32Array.of(1, 9, 1, 11));
    expect(quantized).toEqual(Float32Array.of(1, 10, 1, 10));
    expect(trainer.freeze().tensors().codes.values.sort()).toEqual(Float32Array.of(1, 10));
  });

  it('keeps unit codes under cosine, and measures the loss on unit vectors', () => {
    const trainer = new EmaTrainer({
      ...{ variant: 'vq-cosine', dimension: 2, count: 2, codes: Float32Array.of(2, 0, 0, 5) },
    });
    const { ids, quantized, commitmentLoss } = trainer.step(Float32Array.of(30, 40, 9, 0));
    expect(Array.from(ids)).toEqual([1, 0]);
    expect(quantized).toEqual(Float32Array.of(0, 1, 1, 0));
    expect(commitmentLoss).toBeCloseTo((0.36 + 0.04) / 4, 7);
    // S = 0.8·(0, 1) + 0.2·(0.6, 0.8)
    const length = Math.hypot(0.12, 0.96);
    const expected = [1, 0, 0.12 / length, 0.96 / length];
    expect(largestDifference(trainer.tensors().codes.values, expected)).toBeLessThan(1e-7);
    expect(trainer.freeze().type).toBe('vq-cosine');
  });

  it('quantizes masked rows but learns nothing from them', () => {
    const codes = Float32Array.of(0, 10);
    const masked = new EmaTrainer({ dimension: 1, count: 2, codes });
    const step = masked.step(Float32Array.of(1, 8, -700), { mask: [1, 1, 0] });
    expect(Array.from(step.ids)).toEqual([0, 1, 0]);
    expect(step.commitmentLoss).toBe((1 + 4) / 2);
    const without = new EmaTrainer({ dimension: 1, count: 2, codes });
    without.step(Float32Array.of(1, 8));
    expect(masked.tensors()).toEqual(without.tensors());
  });

  it('moves dead codes to rows of the batch, each to another one', () => {
    const trainer = new EmaTrainer({
      ...{ dimension: 1, count: 4, codes: Float32Array.of(0, 100, 200, 300), decay: 0, deadBelow: 0.5 },
    });
    const batch = Float32Array.of(1, 2, 3, 4);
    expect(trainer.step(batch, { mask: [1, 1, 1, 0] }).revived).toBe(3);
    const { codes, counts, sums } = trainer.tensors();
    expect(codes.values[0]).toBeCloseTo(2, 4);
    expect(codes.values.slice(1).sort()).toEqual(Float32Array.of(1, 2, 3));
    expect(counts.values).toEqual(Float32Array.of(3, 0.5, 0.5, 0.5));
    expect(sums.values.slice(1)).toEqual(codes.values.slice(1).map((value) => value * 0.5));
  });

  it('moves as many dead codes as there are rows', () => {
    const codes = Float32Array.of(0, 100, 200, 300);
    const trainer = new EmaTrainer({ dimension: 1, count: 4, codes, decay: 0, deadBelow: 1 });
    expect(trainer.step(Float32Array.of(1)).revived).toBe(1);
    expect(trainer.step(Float32Array.of(1, 1, 1, 1, 1)).revived).toBe(3);
  });

  it('keeps codes that nothing ever chose, and those whose rows cancel', () => {
    const once = new EmaTrainer({ dimension: 1, count: 3 });
    once.step(Float32Array.of(5, 5));
    once.step(Float32Array.of(5, 5));
    expect([...once.freeze().dequantize([0, 1, 2])].every((value) => Math.abs(value - 5) < 1e-3)).toBe(true);
    const codes = Float32Array.of(1, 0);
    const cosine = new EmaTrainer({ variant: 'vq-cosine', dimension: 2, count: 1, codes, decay: 0 });
    cosine.step(Float32Array.of(0, 1, 0, -1));
    expect(cosine.tensors().codes.values).toEqual(codes);
  });

  it.each(['vq', 'vq-cosine'] as const)('goes on bit by bit after it was stored, %s', (variant) => {
    const options = { variant, dimension: 3, count: 20, deadBelow: 1.5, seed: 4 };
    const whole = new EmaTrainer(options);
    let resumed = new EmaTrainer(options);
    for (let step = 0; step < 6; step++) {
      const batch = uniform(60, step);
      const { config, tensors } = stored(resumed);
      resumed = EmaTrainer.fromJSON(config, tensors);
      expect(resumed.step(batch)).toEqual(whole.step(batch));
    }
    expect(stored(resumed)).toEqual(stored(whole));
    expect(whole.steps).toBe(6);
  });

  it('learns the same on kernels that wait, one step at a time', async () => {
    const options = { dimension: 4, count: 8, seed: 1, deadBelow: 1 };
    const [now, later] = [new EmaTrainer(options), new EmaTrainer(options)];
    const kernels = laterKernels();
    const first = later.stepOn(kernels, uniform(200, 1));
    await expect(later.stepOn(kernels, uniform(200, 1))).rejects.toThrow(code('INVALID_ARGUMENT'));
    expect(await first).toEqual(now.step(uniform(200, 1)));
    const mask = Array.from({ length: 50 }, (_, row) => row % 3);
    expect(await later.stepOn(kernels, uniform(200, 2), { mask })).toEqual(
      now.step(uniform(200, 2), { mask }),
    );
    expect(later.tensors()).toEqual(now.tensors());
  });

  it('lowers the error of what it learns from', () => {
    const trainer = new EmaTrainer({ dimension: 2, count: 32, codes: uniform(64, 1) });
    const losses = Array.from(
      { length: 40 },
      (_, step) => trainer.step(uniform(400, step + 2)).commitmentLoss,
    );
    expect(losses[39]).toBeLessThan(losses[0] * 0.8);
  });

  it('holds no memory between steps', () => {
    const kernels = createWasmKernels();
    const trainer = new EmaTrainer({ dimension: 2, count: 4, kernels });
    for (let step = 0; step < 1000; step++) trainer.step(uniform(20, step));
    expect(kernels.bytesHeld).toBe(0);
  });

  it('has its state as before when a step fails', () => {
    const kernels = createReferenceKernels();
    const trainer = new EmaTrainer({ dimension: 2, count: 2, codes: uniform(4, 1), kernels });
    const before = stored(trainer);
    for (const bad of [
      new Float32Array(0),
      Float32Array.of(1),
      Float32Array.of(0, Number.NaN),
      Float64Array.of(0, 1e300),
    ]) {
      expect(() => trainer.step(bad)).toThrow(code('INVALID_ARGUMENT'));
    }
    expect(() => trainer.step(uniform(4, 2), { mask: [0, 0] })).toThrow(code('INVALID_ARGUMENT'));
    expect(() => trainer.step(uniform(4, 2), { mask: [1] })).toThrow(code('INVALID_ARGUMENT'));
    expect(stored(trainer)).toEqual(before);
    expect(trainer.step(uniform(4, 2)).ids).toHaveLength(2);
  });

  it.each([
    { dimension: 0 },
    { count: 1.5 },
    { variant: 'vq-dot' as never },
    { decay: 1 },
    { decay: -0.1 },
    { epsilon: 0 },
    { deadBelow: -1 },
    { deadBelow: Number.NaN },
    { kmeansIterations: -1 },
    { seed: 0.5 },
    { codes: new Float32Array(3) },
    { codes: Float32Array.of(1, 2, 3, Number.NaN) },
    { variant: 'vq-cosine' as const, codes: new Float32Array(4) },
  ])('refuses %j', (bad) => {
    expect(() => new EmaTrainer({ dimension: 2, count: 2, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });

  it.each([
    [{ type: 'vq' }, {}, 'INVALID_FORMAT'],
    [{ type: 'vq-ema', dimension: '2', count: 2 }, {}, 'INVALID_FORMAT'],
    [{ type: 'vq-ema', dimension: 2, count: 2, started: true }, {}, 'INVALID_FORMAT'],
    [{ type: 'vq-ema', dimension: 2, count: 2, steps: -1 }, {}, 'INVALID_ARGUMENT'],
    [
      { type: 'vq-ema', dimension: 2, count: 2 },
      { codes: { shape: [2, 2], values: uniform(4, 1) } },
      'INVALID_FORMAT',
    ],
    [
      { type: 'vq-ema', dimension: 1, count: 1, started: true },
      {
        codes: { shape: [1, 1], values: Float32Array.of(1) },
        counts: { shape: [1], values: Float32Array.of(-1) },
        sums: { shape: [1, 1], values: Float32Array.of(1) },
      },
      'INVALID_ARGUMENT',
    ],
  ])('refuses to be restored from %j', (config, tensors, error) => {
    expect(() => EmaTrainer.fromJSON(config, tensors as never)).toThrow(code(error));
  });
});
