import { describe, expect, it } from 'vitest';
import { createWasmKernels } from '../../kernels/index.js';
import { uniform } from '../../kernels/random-values.fixture.js';
import { laterKernels } from '../later-kernels.fixture.js';
import { Rvq } from '../rvq.js';
import { fitGroupedRvq } from './fit-grouped-rvq.js';
import { type FitRvqOptions, fitRvq } from './fit-rvq.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
/** Two heaps, each of two points one apart. */
const LINE = Float32Array.of(0, 1, 10, 11);
const ROWS = uniform(300 * 4, 1);
const OPTIONS = { dimension: 4, counts: [8, 4, 6], seed: 3, empty: 'reseed' } satisfies FitRvqOptions;

/** Rows in batches, which can be read again and again. */
const inBatches = (rows: Float32Array): AsyncIterable<Float32Array> => ({
  async *[Symbol.asyncIterator]() {
    for (let at = 0; at < rows.length; at += 28) yield rows.subarray(at, at + 28);
  },
});

const meanSquare = (values: Float32Array) =>
  values.reduce((sum, value) => sum + value ** 2, 0) / values.length;

describe('fitRvq', () => {
  it('fits each stage to what the stages before leave over', async () => {
    const rvq = await fitRvq(LINE, { dimension: 1, counts: [2, 2], init: 'k-means++' });
    const { 'codes.0': coarse, 'codes.1': fine } = rvq.tensors();
    expect([...coarse.values].sort()).toEqual([0.5, 10.5].sort());
    expect([...fine.values].sort()).toEqual([-0.5, 0.5]);
    expect(rvq.dequantize(rvq.quantize(LINE))).toEqual(LINE);
    expect(LINE).toEqual(Float32Array.of(0, 1, 10, 11));
  });

  it('comes nearer with every stage', async () => {
    const rvq = await fitRvq(ROWS, { ...OPTIONS, counts: [16, 16, 16] });
    const errors = [1, 2, 3].map((stages) => {
      const prefix = rvq.prefix(stages);
      return meanSquare(prefix.dequantize(prefix.quantize(ROWS)).map((value, i) => value - ROWS[i]));
    });
    expect(errors[1]).toBeLessThan(0.6 * errors[0]);
    expect(errors[2]).toBeLessThan(0.6 * errors[1]);
  });

  it('gives the same codes for an array, doubles and a stream, on kernels that wait and that do not', async () => {
    const { fingerprint } = await fitRvq(ROWS, OPTIONS);
    expect((await fitRvq(Float64Array.from(ROWS), OPTIONS)).fingerprint).toBe(fingerprint);
    expect((await fitRvq(inBatches(ROWS), OPTIONS)).fingerprint).toBe(fingerprint);
    expect((await fitRvq(ROWS, { ...OPTIONS, kernels: laterKernels() })).fingerprint).toBe(fingerprint);
    expect((await fitRvq(ROWS, { ...OPTIONS, seed: 4 })).fingerprint).not.toBe(fingerprint);
  });

  it('goes on from the stages it has, to the same codes', async () => {
    const stages: Rvq[] = [];
    const inertias: number[] = [];
    const onStage = (rvq: Rvq, { inertia }: { inertia: number }) => {
      stages.push(rvq);
      inertias.push(inertia);
    };
    const whole = await fitRvq(ROWS, { ...OPTIONS, onStage });
    expect(stages.map((rvq) => rvq.codebookSizes)).toEqual([[8], [8, 4], [8, 4, 6]]);
    expect(inertias).toEqual(inertias.toSorted((a, b) => b - a));
    for (const from of stages) {
      expect((await fitRvq(inBatches(ROWS), { ...OPTIONS, from })).fingerprint).toBe(whole.fingerprint);
    }
  });

  it('tells the stage of every pass, stops when aborted, and gives memory back', async () => {
    const kernels = createWasmKernels();
    const abort = new AbortController();
    const seen = new Set<number>();
    const fitting = fitRvq(ROWS, {
      ...{ ...OPTIONS, kernels, signal: abort.signal },
      onProgress: ({ stage }) => {
        seen.add(stage);
        if (stage === 1) abort.abort();
      },
    });
    await expect(fitting).rejects.toThrow(code('ABORTED'));
    expect([...seen]).toEqual([0, 1]);
    expect(kernels.bytesHeld).toBe(0);
    await fitRvq(ROWS, { ...OPTIONS, kernels });
    expect(kernels.bytesHeld).toBe(0);
  });

  const shared = new Rvq({ codebooks: [new Float32Array(32)], stages: 2, dimension: 4 });
  const wide = new Rvq({ codebooks: [new Float32Array(64)], dimension: 8 });
  const long = new Rvq({ codebooks: [8, 4, 6, 2].map((count) => new Float32Array(4 * count)), dimension: 4 });
  it.each([
    { counts: [] },
    { counts: [8, 0] },
    { counts: new Array(5000).fill(1) },
    { dimension: 0 },
    { dimension: 7 },
    { from: shared, counts: [8, 8] },
    { from: wide },
    { from: long },
  ])('refuses %#', async (bad) => {
    await expect(fitRvq(ROWS, { ...OPTIONS, ...bad })).rejects.toThrow(code('INVALID_ARGUMENT'));
  });

  it('refuses bad rows, none, and rows that can be read only once', async () => {
    const options = { dimension: 1, counts: [1, 1] };
    const bad = [Float32Array.of(1, Number.NaN), new Float32Array(0), [LINE].values(), 7 as never];
    for (const rows of bad) await expect(fitRvq(rows, options)).rejects.toThrow(code('INVALID_ARGUMENT'));
  });
});

describe('fitGroupedRvq', () => {
  const options = { ...OPTIONS, dimension: 4, groups: 2, counts: [5, 3] };

  it('fits a residual quantizer to the features of each group', async () => {
    const grouped = await fitGroupedRvq(ROWS, options);
    const columns = [0, 1].map((group) => ROWS.filter((_, i) => Math.floor((i % 4) / 2) === group));
    for (const group of [0, 1]) {
      const alone = await fitRvq(columns[group], {
        ...OPTIONS,
        dimension: 2,
        counts: [5, 3],
        seed: 3 + 2 * group,
      });
      expect(grouped.group(group).fingerprint).toBe(alone.fingerprint);
    }
    expect((await fitGroupedRvq(inBatches(ROWS), options)).fingerprint).toBe(grouped.fingerprint);
  });

  it('goes on from the groups and stages it has', async () => {
    const states: (readonly Rvq[])[] = [];
    const seen: string[] = [];
    const whole = await fitGroupedRvq(ROWS, {
      ...{ ...options, iterations: 1 },
      onStage: (groups) => void states.push(groups),
      onProgress: ({ group, stage, iteration }) => seen.push(`${group}.${stage}.${iteration}`),
    });
    expect(seen).toEqual(['0.0.0', '0.0.1', '0.1.0', '0.1.1', '1.0.0', '1.0.1', '1.1.0', '1.1.1']);
    expect(states.map((groups) => groups.map((rvq) => rvq.stages))).toEqual([[1], [2], [2, 1], [2, 2]]);
    for (const from of states) {
      const again = await fitGroupedRvq(ROWS, { ...options, iterations: 1, from });
      expect(again.fingerprint).toBe(whole.fingerprint);
    }
    const tooMany = fitGroupedRvq(ROWS, { ...options, from: [...states[3], ...states[0]] });
    await expect(tooMany).rejects.toThrow(code('INVALID_ARGUMENT'));
  });

  it.each([{ groups: 3 }, { groups: 0 }, { groups: 8 }])('refuses %j', async (bad) => {
    await expect(fitGroupedRvq(ROWS, { ...options, ...bad })).rejects.toThrow(code('INVALID_ARGUMENT'));
  });
});
