import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FramePatternName } from './frame-pattern.js';
import { TokenRegion, type TokenRegionOptions } from './token-region.js';
import { createTokenSequence } from './token-sequence.js';
import { Vocabulary } from './vocabulary.js';

const alignment = { kind: 'hop', hop: 320, rate: 16000, offset: 0 } as const;
const codec = new Vocabulary({ modality: 'speech', codebookSizes: [10, 20, 5] });
const region = (pattern: FramePatternName) => new TokenRegion({ vocabulary: codec, pattern, alignment }, 100);
const sequence = (ids: number[]) => createTokenSequence({ vocabulary: codec, ids, alignment });

// Ids: begin 100, end 101, (pad 102,) then codebooks of 10, 20 and 5.
const frames = [9, 19, 4, 8, 18, 3];
const streams: [FramePatternName, number[]][] = [
  ['interleaved', [100, 111, 131, 136, 110, 130, 135, 101]],
  ['delayed', [100, 112, 102, 102, 111, 132, 102, 102, 131, 137, 102, 102, 136, 101]],
  ['parallel', [100, 111, 110, 131, 130, 136, 135, 101]],
];

describe.each(streams)('%s frames', (pattern, stream) => {
  const { limit, ...rest } = region(pattern);

  it('take their place behind the markers', () => {
    expect(rest).toMatchObject({ begin: 100, end: 101, pad: pattern === 'delayed' ? 102 : undefined });
    expect(limit).toBe(pattern === 'delayed' ? 138 : 137);
  });

  it('are written between markers', () => {
    expect(region(pattern).write(sequence(frames))).toEqual(Uint32Array.from(stream));
  });

  it('are read as they were written', () => {
    expect(region(pattern).read(stream, 1, stream.length - 1)).toEqual({
      ids: Uint16Array.from(frames),
      brokenAt: undefined,
    });
  });

  it('survive the round trip for any ids', () => {
    const row = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 19 }), fc.nat({ max: 4 }));
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const written = region(pattern).write(sequence(rows.flat()));
        const read = region(pattern).read(written, 1, written.length - 1);
        expect(read).toEqual({ ids: Uint16Array.from(rows.flat()), brokenAt: undefined });
      }),
    );
  });

  it('are read up to the first place where nobody would write them so', () => {
    const at = fc.integer({ min: 1, max: stream.length - 2 });
    fc.assert(
      fc.property(at, fc.integer({ min: 102, max: limit - 1 }), (position, id) => {
        const changed = stream.with(position, id);
        const { ids, brokenAt } = region(pattern).read(changed, 1, changed.length - 1);
        const canonical =
          ids.length === 6 &&
          region(pattern)
            .write(sequence([...ids]))
            .every((v, i) => v === changed[i]);
        expect(brokenAt === undefined).toBe(canonical);
        if (brokenAt !== undefined) expect([...ids]).toEqual(frames.slice(0, ids.length));
      }),
    );
  });
});

describe('reading a stream that was cut short', () => {
  it.each<[FramePatternName, number, number]>([
    ['interleaved', 3, 1],
    ['interleaved', 5, 1],
    ['interleaved', 2, 0],
    ['delayed', 9, 1],
    ['delayed', 8, 0],
    ['parallel', 5, 1],
    ['parallel', 4, 0],
  ])('%s: %d ids hold %d frames', (pattern, count, complete) => {
    const stream = streams.find(([name]) => name === pattern)![1];
    const { ids } = region(pattern).read(stream, 1, 1 + count);
    expect([...ids]).toEqual(frames.slice(0, 3 * complete));
  });

  it('says where it ends too early', () => {
    expect(region('interleaved').read([111, 131, 136, 110], 0, 4).brokenAt).toBe(4);
    expect(region('interleaved').read([111, 131, 136], 0, 3).brokenAt).toBeUndefined();
  });

  it('says where a code is missing', () => {
    expect(region('interleaved').read([111, 136, 110, 130, 135], 0, 5)).toEqual({
      ids: new Uint16Array(0),
      brokenAt: 1,
    });
  });

  it('does not reserve memory for frames that cannot be complete', () => {
    const wide = new Vocabulary({ modality: 'x', codebookSizes: new Array(4096).fill(2) });
    const stream = new Uint32Array(1 << 20).fill(2);
    const { ids, brokenAt } = new TokenRegion({ vocabulary: wide, alignment }, 0).read(
      stream,
      0,
      stream.length,
    );
    expect([ids.length, brokenAt]).toEqual([0, 1]);
  });
});

describe('contentOf', () => {
  it('names markers, codebook and code', () => {
    const delayed = region('delayed');
    expect([100, 101, 102, 103, 112, 113, 137].map((id) => delayed.contentOf(id))).toEqual([
      '<|speech:begin|>',
      '<|speech:end|>',
      '<|speech:pad|>',
      '<|speech:0:0|>',
      '<|speech:0:9|>',
      '<|speech:1:0|>',
      '<|speech:2:4|>',
    ]);
  });

  it('leaves out the codebook where there is one', () => {
    const vocabulary = new Vocabulary({ modality: 'binary', codebookSizes: [256] });
    expect(new TokenRegion({ vocabulary, alignment }, 0).contentOf(125)).toBe('<|binary:123|>');
  });
});

describe('options', () => {
  it.each<Partial<Record<keyof TokenRegionOptions, unknown>>>([
    { name: '' },
    { name: 'left|>eye' },
    { name: 5 },
    { pattern: 'toString' },
    { alignment: undefined },
    { alignment: { kind: 'hop' } },
  ])('refuse %j', (change) => {
    const options = { vocabulary: codec, alignment, ...change } as TokenRegionOptions;
    expect(() => new TokenRegion(options, 0)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
