import { expect, it } from 'vitest';
import { phiIndex } from './phi-index.js';
import { torchGoldens } from './torch-goldens.fixture.js';

const indices = (scales: number, phis: number) =>
  Array.from({ length: scales }, (_, scale) => phiIndex(scale, scales, phis));

it('spreads 4 convolutions over the 10 scales of VAR as its checkpoints do', () => {
  expect(indices(10, 4)).toEqual([0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
});

it.each(torchGoldens.var_helpers.phis)(
  'agrees with NumPy for $scales scales and $phis convolutions',
  (golden) => {
    expect(indices(golden.scales, golden.phis)).toEqual(golden.index);
  },
);
