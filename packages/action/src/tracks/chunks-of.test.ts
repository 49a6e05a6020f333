import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTrack } from './action-track.js';
import { chunkCount, chunksOf } from './chunks-of.js';

// Five steps of a joint and a gripper.
const options = {
  values: Float64Array.of(1, 0, 2, 0, 4, 1, 7, 1, 11, 1),
  columns: 2,
  fps: 10,
  grippers: [1],
};
const track = createTrack(options);
const empty = createTrack({ ...options, values: new Float64Array(0) });

const listed = (...args: Parameters<typeof chunksOf>) => [...chunksOf(...args)].map((chunk) => [...chunk]);

describe('chunksOf', () => {
  it('cuts whole chunks, and drops the rest', () => {
    expect(listed(track, { steps: 2 })).toEqual([
      [1, 0, 2, 0],
      [4, 1, 7, 1],
    ]);
    expect(listed(track, { steps: 4, stride: 1 })).toEqual([
      [1, 0, 2, 0, 4, 1, 7, 1],
      [2, 0, 4, 1, 7, 1, 11, 1],
    ]);
  });

  it('shares the memory of the track', () => {
    const [chunk] = chunksOf(track, { steps: 2 });
    expect(chunk.buffer).toBe(track.values.buffer);
  });

  it('rests at the last target behind the end', () => {
    expect(listed(track, { steps: 3, padding: 'repeat-last' })).toEqual([
      [1, 0, 2, 0, 4, 1],
      [7, 1, 11, 1, 11, 1],
    ]);
    const deltas = createTrack({ ...options, kind: 'delta' });
    expect(listed(deltas, { steps: 3, padding: 'repeat-last' })[1]).toEqual([7, 1, 11, 1, 0, 1]);
  });

  it('has no chunk of an empty track, nor of a short one that it may not pad', () => {
    expect(listed(empty, { steps: 2, padding: 'repeat-last' })).toEqual([]);
    expect(listed(track, { steps: 6 })).toEqual([]);
  });

  it('makes chunks relative to the state at their start', () => {
    const states = { values: track.values.map((value) => value - 0.5) };
    expect(listed(track, { steps: 2, stride: 2, kind: 'relative', states })).toEqual([
      [0.5, 0, 1.5, 0],
      [0.5, 1, 3.5, 1],
    ]);
  });

  it('makes deltas from the action before, also across chunks', () => {
    expect(listed(track, { steps: 2, kind: 'delta', padding: 'repeat-last' })).toEqual([
      [0, 0, 1, 0],
      [2, 1, 3, 1],
      [4, 1, 0, 1],
    ]);
    expect([...track.values]).toEqual([...options.values]);
  });

  it('refuses to convert what is not absolute, and states of another length', () => {
    const relative = createTrack({ ...options, kind: 'relative' });
    expect(() => listed(relative, { steps: 2, kind: 'delta' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { from: 'relative', to: 'delta' } }),
    );
    expect(() => listed(track, { steps: 2, kind: 'delta', states: empty })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { actual: 0, expected: 10 } }),
    );
    expect(() => listed(track, { steps: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('chunkCount', () => {
  it('is known before the chunks are', () => {
    const sizes = fc.record({
      steps: fc.integer({ min: 1, max: 8 }),
      stride: fc.integer({ min: 1, max: 8 }),
      padding: fc.constantFrom('drop' as const, 'repeat-last' as const),
    });
    fc.assert(
      fc.property(fc.nat(30), sizes, (length, size) => {
        const any = createTrack({ values: new Float32Array(length), columns: 1, fps: 1 });
        expect(listed(any, size)).toHaveLength(chunkCount(length, size));
      }),
    );
  });
});
