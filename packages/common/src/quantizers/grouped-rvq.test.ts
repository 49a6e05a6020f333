import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { synchronousBackends } from '../kernels/synchronous-backends.fixture.js';
import { largestDifference } from './goldens.fixture.js';
import { groupsInRows, groupsOutermost } from './group-ids.js';
import { GroupedRvq } from './grouped-rvq.js';
import { float32, residualGoldens } from './residual-goldens.fixture.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
const { codebooks, batches, steps } = residualGoldens.grouped;
const golden = { codebooks: codebooks.map((group) => group.map(float32)), dimension: 6 };

describe('GroupedRvq', () => {
  it.each(synchronousBackends)(
    'gives the ids and vectors of vector-quantize-pytorch, on $name',
    ({ create }) => {
      const grouped = new GroupedRvq({ ...golden, kernels: create() });
      const ids = grouped.quantize(float32(batches[0]));
      expect(grouped.codebookSizes).toEqual([4, 3, 5, 4, 3, 5]);
      expect(Array.from(groupsOutermost(ids, grouped))).toEqual(steps[0].ids);
      expect(largestDifference(grouped.dequantize(ids), float32(steps[0].quantized))).toBe(0);
    },
  );

  it('is a residual quantizer for each group, whose ids stand group after group', () => {
    const grouped = new GroupedRvq(golden);
    const vectors = uniform(12, 1);
    const ids = grouped.quantize(vectors);
    for (const group of [0, 1]) {
      const rvq = grouped.group(group);
      const part = Float32Array.from(vectors).filter((_, i) => Math.floor((i % 6) / 3) === group);
      expect(Array.from(rvq.quantize(part))).toEqual(
        Array.from(ids).filter((_, i) => Math.floor((i % 6) / 3) === group),
      );
    }
    expect(() => grouped.group(2)).toThrow(code('INVALID_ARGUMENT'));
  });

  it('has prefixes of every group', () => {
    const grouped = new GroupedRvq(golden);
    const vectors = uniform(24, 2);
    const ids = grouped.quantize(vectors);
    const prefix = grouped.prefix(2);
    expect(prefix.codebookSizes).toEqual([4, 3, 4, 3]);
    const first = prefix.quantize(vectors);
    expect(Array.from(first)).toEqual(Array.from(ids).filter((_, i) => i % 3 < 2));
    const dropped = Array.from(ids, (id, i) => (i % 3 < 2 ? id : -1));
    expect(grouped.dequantize(dropped)).toEqual(prefix.dequantize(first));
  });

  it('shares a codebook between the stages of each group', () => {
    const shared = new GroupedRvq({
      codebooks: [[Float32Array.of(0, 1)], [Float32Array.of(0, 10)]],
      dimension: 2,
      stages: 3,
    });
    expect(shared.quantize(Float32Array.of(2.1, 33))).toEqual(Uint16Array.of(1, 1, 0, 1, 1, 1));
    expect(Object.keys(shared.tensors())).toEqual(['codes.0', 'codes.1']);
    const again = GroupedRvq.fromJSON(shared.toJSON(), shared.tensors());
    expect(again.toJSON()).toEqual(shared.toJSON());
    expect(again.prefix(1).stages).toBe(1);
  });

  it.each([
    { codebooks: [] },
    { dimension: 7 },
    { dimension: 12 },
    { codebooks: [golden.codebooks[0], golden.codebooks[1].slice(1)] },
    { codebooks: [golden.codebooks[0], []] },
    { codebooks: new Array(2000).fill(golden.codebooks[0]), dimension: 6000 },
  ])('refuses %#', (bad) => {
    expect(() => new GroupedRvq({ ...golden, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });
});

describe('groupsOutermost', () => {
  it('puts the groups first, and back', () => {
    const inRows = Int32Array.of(1, 2, 11, 12, 21, 22, 3, 4, 13, 14, -1, 24);
    const outermost = Int32Array.of(1, 2, 3, 4, 11, 12, 13, 14, 21, 22, -1, 24);
    expect(groupsOutermost(inRows, { groups: 3, stages: 2 })).toEqual(outermost);
    expect(groupsInRows(outermost, { groups: 3, stages: 2 })).toEqual(inRows);
  });

  it.each([
    { groups: 5, stages: 1 },
    { groups: 0, stages: 1 },
    { groups: 2, stages: 0.5 },
  ])('refuses %j for twelve ids', (shape) => {
    expect(() => groupsOutermost(new Uint16Array(12), shape)).toThrow(code('INVALID_ARGUMENT'));
    expect(() => groupsInRows(new Uint16Array(12), shape)).toThrow(code('INVALID_ARGUMENT'));
  });
});
