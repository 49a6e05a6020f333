import { expect, it } from 'vitest';
import { TokenSpectra } from './token-spectra.js';

/** Code 3 is coefficient 0. */
const spelled = [[3, 3, 5], [0], undefined, [3]];
const coder = { size: spelled.length, codesOf: (id: number) => spelled[id] };
const spectra = new TokenSpectra({ coder, minToken: -3, scale: 2, length: 5 });

function gathered(ids: readonly number[]): (readonly [position: number, value: number])[] | undefined {
  const positions = new Uint32Array(5);
  const values = new Float64Array(5);
  const count = spectra.gather(ids, positions, values);
  if (count === -1) return undefined;
  return Array.from({ length: count }, (_, at) => [positions[at], values[at]] as const);
}

it('gathers the coefficients that are not 0', () => {
  expect(gathered([0, 1, 3])).toEqual([
    [2, 1],
    [3, -1.5],
  ]);
  expect(gathered([3, 3, 3, 3, 3])).toEqual([]);
});

it.each([
  ['too few coefficients', [0, 1]],
  ['too many coefficients', [0, 0]],
  ['a token that spells none by itself', [0, 2, 3]],
])('refuses %s', (_, ids) => {
  expect(gathered(ids)).toBeUndefined();
});
