import { describe, expect, it } from 'vitest';
import { equalAlignments, isAlignment } from './alignment.js';
import type { Alignment } from './contract.js';

const alignments: Alignment[] = [
  { kind: 'hop', hop: 320, rate: 16000, offset: 0 },
  { kind: 'hop', hop: 160, rate: 16000, offset: 0 },
  { kind: 'hop', hop: 320, rate: 24000, offset: 0 },
  { kind: 'hop', hop: 320, rate: 16000, offset: 320 },
  { kind: 'grid', rows: 2, columns: 3, patch: [16, 16] },
  { kind: 'grid', rows: 3, columns: 3, patch: [16, 16] },
  { kind: 'grid', rows: 2, columns: 4, patch: [16, 16] },
  { kind: 'grid', rows: 2, columns: 3, patch: [8, 16] },
  { kind: 'grid', rows: 2, columns: 3, patch: [16, 8] },
  { kind: 'widths', start: 0 },
  { kind: 'widths', start: 9 },
  { kind: 'whole', length: 50 },
  { kind: 'whole', length: 51 },
];

describe('equalAlignments', () => {
  it('holds for the same values and for no others', () => {
    for (const [i, a] of alignments.entries()) {
      for (const [j, b] of alignments.entries()) {
        expect(equalAlignments(a, structuredClone(b)), `${JSON.stringify(a)}, ${JSON.stringify(b)}`).toBe(
          i === j,
        );
      }
    }
  });
});

describe('isAlignment', () => {
  it.each(alignments)('accepts %j', (alignment) => {
    expect(isAlignment(JSON.parse(JSON.stringify(alignment)))).toBe(true);
  });

  it.each([
    [null],
    ['hop'],
    [{}],
    [{ kind: 'toString' }],
    [{ kind: 'hop', hop: 0, rate: 16000, offset: 0 }],
    [{ kind: 'hop', hop: 320, rate: '16000', offset: 0 }],
    [{ kind: 'hop', hop: 320, rate: 16000 }],
    [{ kind: 'grid', rows: 2, columns: 3 }],
    [{ kind: 'grid', rows: 2, columns: 3, patch: [16] }],
    [{ kind: 'grid', rows: 2, columns: Number.NaN, patch: [16, 16] }],
    [{ kind: 'widths' }],
    [{ kind: 'whole', length: null }],
  ])('refuses %j', (value) => {
    expect(isAlignment(value)).toBe(false);
  });
});
