import { describe, expect, it } from 'vitest';
import { largestDifference } from './goldens.fixture.js';
import { GroupedRvq } from './grouped-rvq.js';
import { float32, residualGoldens } from './residual-goldens.fixture.js';
import { residualLosses } from './residual-losses.js';
import { Rvq } from './rvq.js';

const { codebooks, dimension, batches, ema, ema_dropout: dropout, grouped } = residualGoldens;
const rvq = new Rvq({ codebooks: codebooks.map(float32), dimension });
const vectors = float32(batches[0]);

describe('residualLosses', () => {
  it('gives the losses of vector-quantize-pytorch, stage by stage', () => {
    const { commitment, total } = residualLosses({ quantizer: rvq, vectors });
    expect(largestDifference(commitment, ema[0].losses)).toBeLessThan(3e-7);
    expect(total).toBeCloseTo(commitment[0] + commitment[1] + commitment[2], 12);
  });

  it('gives none for stages that take no part', () => {
    const { commitment } = residualLosses({ quantizer: rvq, vectors, stages: 2, commitmentWeight: 3 });
    expect(
      largestDifference(
        commitment,
        dropout[0].losses.map((loss) => 3 * loss),
      ),
    ).toBeLessThan(1e-6);
    expect(commitment[2]).toBe(0);
  });

  it('gives the losses of every group', () => {
    const quantizer = new GroupedRvq({
      codebooks: grouped.codebooks.map((group) => group.map(float32)),
      dimension: 6,
    });
    const { commitment } = residualLosses({ quantizer, vectors: float32(grouped.batches[0]) });
    expect(largestDifference(commitment, grouped.steps[0].losses)).toBeLessThan(3e-7);
  });

  it('leaves masked rows out', () => {
    const mask = Array.from({ length: 8 }, (_, row) => row < 5);
    expect(residualLosses({ quantizer: rvq, vectors, mask })).toEqual(
      residualLosses({ quantizer: rvq, vectors: vectors.subarray(0, 15) }),
    );
  });

  it.each([{ stages: 0 }, { stages: 4 }, { vectors: new Float32Array(0) }, { mask: [1] }])(
    'refuses %j',
    (bad) => {
      expect(() => residualLosses({ quantizer: rvq, vectors, ...bad })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );
});
