import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenSequence } from './contract.js';
import { createTokenSequence } from './token-sequence.js';
import { TokenSpace } from './token-space.js';
import type { StreamProblem, StreamSegment } from './token-stream.js';
import { Vocabulary } from './vocabulary.js';

const binary = new Vocabulary({ modality: 'binary', codebookSizes: [4] });
const speech = new Vocabulary({ modality: 'speech', codebookSizes: [3, 2] });
const image = new Vocabulary({ modality: 'image', codebookSizes: [2] });
const bytes = { kind: 'widths', start: 0 } as const;
const hops = { kind: 'hop', hop: 320, rate: 16000, offset: 0 } as const;
const grid = { kind: 'grid', rows: 1, columns: 2, patch: [16, 16] } as const;

/**
 * Ids: text 0-9; binary begin 10, end 11, codes 12-15; speech begin 16, end 17, codes 18-20 and 21-22;
 * image begin 23, end 24, codes 25-26.
 */
const space = new TokenSpace({
  firstId: 10,
  vocabularies: [
    { vocabulary: binary, alignment: bytes },
    { vocabulary: speech, alignment: hops },
    { vocabulary: image, alignment: grid },
  ],
});

const host = (...ids: number[]): StreamSegment => ({ kind: 'host', ids: Uint32Array.from(ids) });
const tokens = (name: string, sequence: TokenSequence): StreamSegment => ({
  kind: 'tokens',
  name,
  tokens: sequence,
});
const binaryTokens = (...ids: number[]) =>
  tokens('binary', createTokenSequence({ vocabulary: binary, ids, alignment: bytes }));
const speechTokens = (...ids: number[]) =>
  tokens('speech', createTokenSequence({ vocabulary: speech, ids, alignment: hops }));
const imageTokens = (...ids: number[]) =>
  tokens('image', createTokenSequence({ vocabulary: image, ids, alignment: grid }));

describe('a stream as encode writes it', () => {
  it.each<[string, number[], StreamSegment[]]>([
    ['nothing', [], []],
    ['text alone', [1, 2, 3], [host(1, 2, 3)]],
    ['one sequence', [10, 15, 12, 11], [binaryTokens(3, 0)]],
    ['an empty sequence', [10, 11], [binaryTokens()]],
    ['sequences back to back', [10, 12, 11, 10, 13, 11], [binaryTokens(0), binaryTokens(1)]],
    [
      'text and all modalities',
      [5, 16, 20, 22, 18, 21, 17, 6, 7, 23, 26, 25, 24, 10, 12, 11, 8],
      [host(5), speechTokens(2, 1, 0, 0), host(6, 7), imageTokens(1, 0), binaryTokens(0), host(8)],
    ],
  ])('decodes to %s', (_, stream, segments) => {
    expect(space.decode(stream)).toEqual({ segments, issues: [] });
    expect([...space.encode(segments)]).toEqual(stream);
  });
});

/** What is wrong, where it is found, and what lenient mode still reads. */
const malformed: [string, number[], [StreamProblem, number][], StreamSegment[]][] = [
  ['codes without a begin marker', [1, 13, 14, 11, 2], [['stray', 1]], [host(1), host(2)]],
  ['an end marker alone', [17, 1], [['stray', 0]], [host(1)]],
  ['a stream cut short', [1, 10, 13], [['unclosed', 3]], [host(1), binaryTokens(1)]],
  ['a begin marker alone', [10], [['unclosed', 1]], [binaryTokens()]],
  ['text inside a sequence', [10, 13, 4, 5], [['unclosed', 2]], [binaryTokens(1), host(4, 5)]],
  ['a nested begin', [10, 13, 16, 18, 21, 17], [['unclosed', 2]], [binaryTokens(1), speechTokens(0, 0)]],
  [
    "another modality's end",
    [10, 13, 17, 1],
    [
      ['unclosed', 2],
      ['stray', 2],
    ],
    [binaryTokens(1), host(1)],
  ],
  [
    "another modality's codes",
    [10, 13, 18, 11],
    [
      ['unclosed', 2],
      ['stray', 2],
    ],
    [binaryTokens(1)],
  ],
  ['half a frame', [16, 18, 21, 19, 17], [['broken-frames', 4]], [speechTokens(0, 0)]],
  ['a missing code', [16, 18, 21, 19, 20, 21, 17], [['broken-frames', 4]], [speechTokens(0, 0)]],
  [
    'half a frame at the end of the stream',
    [16, 18, 21, 19],
    [
      ['broken-frames', 4],
      ['unclosed', 4],
    ],
    [speechTokens(0, 0)],
  ],
  ['too few patches', [23, 25, 24, 1], [['incomplete-grid', 1]], [host(1)]],
  ['too many patches', [23, 25, 25, 25, 24], [['incomplete-grid', 1]], []],
  ['ids beyond the space', [1, 27, 99, 2], [['out-of-range', 1]], [host(1), host(2)]],
  [
    'an id that is no integer inside a sequence',
    [10, 12, 12.5, 11],
    [
      ['unclosed', 2],
      ['out-of-range', 2],
      ['stray', 3],
    ],
    [binaryTokens(0)],
  ],
  ['a negative id and NaN', [-1, Number.NaN, 3], [['out-of-range', 0]], [host(3)]],
];

describe.each(malformed)('%s', (_, stream, issues, segments) => {
  const [problem, position] = issues[0];

  it('is an error in strict mode, with its position', () => {
    expect(() => space.decode(stream)).toThrow(
      expect.objectContaining({
        code: problem === 'out-of-range' ? 'ID_OUT_OF_RANGE' : 'INVALID_FORMAT',
        details: { problem, position },
      }),
    );
  });

  it('is listed in lenient mode, and the rest is read', () => {
    const decoded = space.decode(stream, { mode: 'lenient' });
    expect(decoded.issues.map((issue) => [issue.problem, issue.position])).toEqual(issues);
    expect(decoded.segments).toEqual(segments);
  });
});

describe('messages', () => {
  it.each([
    [[1, 13, 14], 'At positions 1 to 2, <|binary:1|> stands outside of any sequence.'],
    [[99], 'At position 0, id 99 is not below 27, the end of the token space.'],
    [[10, 13], "'binary' begins at position 0 and has no <|binary:end|> at 2."],
    [
      [16, 21, 17],
      "The interleaved frames of 'speech' that begin at position 1 break off at 1: <|speech:1:0|> does not come next.",
    ],
    [
      [16, 18, 17],
      "The interleaved frames of 'speech' that begin at position 1 break off at 2: there the codes end.",
    ],
    [[23, 25, 24], "'image' at position 1 has 1 frames for a grid of 1 × 2."],
  ])('of %j', (stream, message) => {
    expect(() => space.decode(stream)).toThrow(message);
  });
});

describe('any stream', () => {
  const streams = fc.array(fc.integer({ min: -1, max: 28 }), { maxLength: 40 });

  it('decodes leniently to segments that encode and decode without an issue', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const { segments } = space.decode(stream, { mode: 'lenient' });
        expect(space.decode(space.encode(segments)).segments.length).toBeLessThanOrEqual(segments.length);
      }),
      { numRuns: 300 },
    );
  });

  it('has no issue exactly when encode writes it back', () => {
    const words = fc.constantFrom(
      [1],
      [10, 12, 11],
      [16, 18, 22, 17],
      [23, 25, 26, 24],
      [10],
      [11],
      [18],
      [23, 24],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (parts) => {
        const stream = parts.flat();
        const { segments, issues } = space.decode(stream, { mode: 'lenient' });
        expect(issues.length === 0).toBe(space.encode(segments).join() === stream.join());
      }),
      { numRuns: 300 },
    );
  });
});
