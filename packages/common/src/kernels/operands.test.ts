import { describe, expect, it } from 'vitest';
import { backends, failureOf, nearestIds, uniform } from './backends.fixture.js';

const CODEBOOK = { dimensions: 2, metric: 'euclidean' } as const;

describe.each(backends)('operands, $name', async ({ create }) => {
  const kernels = await create();
  const refusal = (details: object) =>
    expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) });

  it('hold memory until they are disposed of, once', () => {
    const before = kernels.bytesHeld;
    const kept = kernels.prepareCodebook(uniform(200, 1), CODEBOOK);
    const between = kernels.bytesHeld;
    expect(between).toBeGreaterThanOrEqual(before + 800);
    const matrix = kernels.prepareMatrix(uniform(600, 2), { inner: 20 });
    matrix.dispose();
    matrix.dispose();
    expect(kernels.bytesHeld).toBe(between);
    kept.dispose();
    expect(kernels.bytesHeld).toBe(before);
  });

  it('leave memory at its level after 1000 calls', async () => {
    const before = kernels.bytesHeld;
    for (let round = 0; round < 500; round++) {
      const codebook = kernels.prepareCodebook(uniform(2 * (1 + (round % 70)), round), CODEBOOK);
      const matrix = kernels.prepareMatrix(uniform(6, round), { inner: 2 });
      await Promise.all([
        nearestIds(kernels, codebook, uniform(2 * (round % 9), round)),
        kernels.matmul(matrix, Float32Array.of(1, 2), new Float32Array(3)),
      ]);
      codebook.dispose();
      matrix.dispose();
    }
    expect(kernels.bytesHeld).toBe(before);
  });

  it('are of use neither after disposal nor to other kernels', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(1, 2), CODEBOOK);
    const other = await create();
    expect(await failureOf(() => nearestIds(other, codebook, Float32Array.of(1, 2)))).toEqual(
      refusal({ operand: 'codebook' }),
    );
    codebook.dispose();
    expect(await failureOf(() => nearestIds(kernels, codebook, Float32Array.of(1, 2)))).toEqual(
      refusal({ operand: 'codebook' }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.1e15])(
    'refuse %d and name its row',
    async (value) => {
      const bad = Float32Array.of(0, 0, 0, 0, 0, value, 0, 0);
      const place = refusal({ row: 2, column: 1, value: Math.fround(value) });
      const codebook = kernels.prepareCodebook(Float32Array.of(1, 2), CODEBOOK);
      const into = { sums: new Float64Array(2), counts: new Uint32Array(1) };
      expect(await failureOf(() => kernels.prepareCodebook(bad, CODEBOOK))).toEqual(place);
      expect(await failureOf(() => nearestIds(kernels, codebook, bad))).toEqual(place);
      expect(await failureOf(() => kernels.residualNearest([codebook], bad, new Uint32Array(4)))).toEqual(
        place,
      );
      expect(await failureOf(() => kernels.kmeansStep(codebook, bad, into))).toEqual(place);
      expect([...into.sums, ...into.counts]).toEqual([0, 0, 0]);
      expect(await failureOf(() => kernels.prepareMatrix(bad, { inner: 4 }))).toEqual(place);
      const matrix = kernels.prepareMatrix(Float32Array.of(1, 2), { inner: 2 });
      expect(await failureOf(() => kernels.matmul(matrix, bad, new Float32Array(4)))).toEqual(place);
      const vote = { weights: Float32Array.of(1, 2), biases: new Float32Array(1) } as const;
      const rule = { voters: 1, bits: 1, order: 'lsb-first' } as const;
      const prepared = kernels.prepareVote({ ...vote, ...rule });
      expect(await failureOf(() => kernels.vote(prepared, bad, new Uint32Array(4)))).toEqual(place);
      expect(() => kernels.prepareVote({ ...vote, ...rule, biases: bad.subarray(5, 6) })).toThrow(
        refusal({ name: 'biases', row: 0, column: 0 }),
      );
      expect(() => kernels.prepareVote({ ...vote, ...rule, weights: bad })).toThrow(
        refusal({ name: 'weights', row: 0, column: 5 }),
      );
    },
  );

  it('refuse sizes that do not fit', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(1, 2), CODEBOOK);
    const two = Float32Array.of(1, 2);
    expect(await failureOf(() => kernels.prepareCodebook(new Float32Array(3), CODEBOOK))).toEqual(
      refusal({ name: 'codes' }),
    );
    expect(await failureOf(() => kernels.prepareCodebook(new Float32Array(0), CODEBOOK))).toEqual(
      refusal({ minimum: 1 }),
    );
    expect(await failureOf(() => kernels.prepareCodebook(two, { ...CODEBOOK, dimensions: 0 }))).toEqual(
      refusal({ name: 'dimensions' }),
    );
    expect(
      await failureOf(() => kernels.prepareCodebook(two, { ...CODEBOOK, metric: 'manhattan' as 'dot' })),
    ).toEqual(refusal({ name: 'metric', choices: ['euclidean', 'cosine', 'dot'] }));
    expect(await failureOf(() => kernels.nearest(codebook, new Float32Array(3), new Uint32Array(1)))).toEqual(
      refusal({ name: 'vectors' }),
    );
    expect(await failureOf(() => kernels.nearest(codebook, two, new Uint32Array(2)))).toEqual(
      refusal({ name: 'ids', actual: 2, expected: 1 }),
    );
    expect(
      await failureOf(() => kernels.nearest(codebook, two, new Uint32Array(1), new Float32Array(2))),
    ).toEqual(refusal({ name: 'scores' }));
    expect(await failureOf(() => kernels.prepareMatrix(two, { inner: 2, bias: two }))).toEqual(
      refusal({ name: 'bias' }),
    );
  });

  it('take no rows for a batch, in every operation', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(1, 2), CODEBOOK);
    const matrix = kernels.prepareMatrix(Float32Array.of(1, 2), { inner: 2 });
    const vote = kernels.prepareVote({
      ...{ weights: Float32Array.of(1, 2), biases: new Float32Array(1) },
      ...{ voters: 1, bits: 1, order: 'lsb-first' },
    });
    const logMel = kernels.prepareLogMel({ sampleRate: 16_000 });
    const none = new Float32Array(0);
    const noIds = new Uint32Array(0);
    const totals = { sums: new Float64Array(2), counts: new Uint32Array(1), ids: noIds };
    await kernels.nearest(codebook, none, noIds, none);
    await kernels.residualNearest([codebook, codebook], none, noIds, none);
    expect(await kernels.kmeansStep(codebook, none, totals)).toBe(0);
    expect([...totals.sums, ...totals.counts]).toEqual([0, 0, 0]);
    await kernels.matmul(matrix, none, none);
    await kernels.vote(vote, none, noIds);
    await kernels.logMel(logMel, none, none);
  });

  it('refuse other arrays than they read and write, by name', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(1, 2), CODEBOOK);
    const matrix = kernels.prepareMatrix(Float32Array.of(1, 2), { inner: 2 });
    const vote = { weights: Float32Array.of(1, 2), biases: new Float32Array(1), voters: 1, bits: 1 };
    const prepared = kernels.prepareVote({ ...vote, order: 'lsb-first' });
    const logMel = kernels.prepareLogMel({ sampleRate: 16_000 });
    const two = Float32Array.of(1, 2);
    const ids = new Uint32Array(1);
    const totals = { sums: new Float64Array(2), counts: new Uint32Array(1) };
    const doubles = new Float64Array(2) as unknown as Float32Array;
    const list = [Number.NaN, 1] as unknown as Float32Array;
    const narrow = new Uint16Array(1) as unknown as Uint32Array;
    const calls: [name: string, actual: string, expected: string, call: () => unknown][] = [
      ['codes', 'Array', 'Float32Array', () => kernels.prepareCodebook(list, CODEBOOK)],
      ['codes', 'Undefined', 'Float32Array', () => kernels.prepareCodebook(undefined as never, CODEBOOK)],
      ['values', 'Float64Array', 'Float32Array', () => kernels.prepareMatrix(doubles, { inner: 2 })],
      [
        'bias',
        'Array',
        'Float32Array',
        () => kernels.prepareMatrix(Float32Array.of(1), { inner: 1, bias: [1] as never }),
      ],
      [
        'weights',
        'Float64Array',
        'Float32Array',
        () => kernels.prepareVote({ ...vote, weights: doubles, order: 'lsb-first' }),
      ],
      ['vectors', 'Float64Array', 'Float32Array', () => kernels.nearest(codebook, doubles, ids)],
      ['ids', 'Uint16Array', 'Uint32Array', () => kernels.nearest(codebook, two, narrow)],
      ['ids', 'Uint16Array', 'Uint32Array', () => kernels.residualNearest([codebook], two, narrow)],
      [
        'counts',
        'Uint16Array',
        'Uint32Array',
        () => kernels.kmeansStep(codebook, two, { ...totals, counts: narrow }),
      ],
      [
        'sums',
        'Float32Array',
        'Float64Array',
        () => kernels.kmeansStep(codebook, two, { ...totals, sums: two as never }),
      ],
      ['rows', 'Array', 'Float32Array', () => kernels.matmul(matrix, list, new Float32Array(1))],
      ['out', 'Array', 'Float32Array', () => kernels.matmul(matrix, two, [0] as never)],
      ['ids', 'Uint16Array', 'Uint32Array', () => kernels.vote(prepared, two, narrow)],
      ['samples', 'Float64Array', 'Float32Array', () => kernels.logMel(logMel, doubles, new Float32Array(0))],
    ];
    for (const [name, actual, expected, call] of calls) {
      expect(await failureOf(call)).toEqual(refusal({ name, actual, expected }));
    }
  });
});
