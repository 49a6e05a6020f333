import { describe, expect, it } from 'vitest';
import { backends, integers } from './backends.fixture.js';
import type { VoteOperands } from './contract.js';
import { goldens } from './goldens.fixture.js';
import { createReferenceKernels } from './index.js';

type Rule = Omit<VoteOperands, 'weights' | 'biases'>;

/** Projections are the vectors themselves: the weights are an identity. */
function passThrough(rule: Rule): VoteOperands {
  const columns = rule.branches * rule.bits;
  const weights = new Float32Array(columns * columns);
  for (let column = 0; column < columns; column++) weights[column * (columns + 1)] = 1;
  return { ...rule, weights, biases: new Float32Array(columns) };
}

describe.each(backends)('vote, $name', ({ create }) => {
  const kernels = create();
  const idsOf = (operands: VoteOperands, vectors: readonly number[] | Float32Array, of = kernels) => {
    const vote = of.prepareVote(operands);
    const ids = new Uint32Array(vectors.length / vote.dimensions);
    of.vote(vote, Float32Array.from(vectors), ids);
    return [...ids];
  };

  it('votes bit by bit, not id by id: the published rows', () => {
    const rule = passThrough({ branches: 5, bits: 13, bitOrder: 'lsb-first' });
    const vectors = goldens.voting_rows.rows.flatMap(({ voters }) =>
      voters.flatMap((id) => Array.from({ length: 13 }, (_, bit) => ((id >> bit) & 1 ? 0.5 : -0.5))),
    );
    expect(idsOf(rule, vectors)).toEqual(goldens.voting_rows.rows.map(({ expected }) => expected));
  });

  it('gives the golden ids in both bit orders', () => {
    const { N, T, d, P, expected } = goldens.voting;
    const vectors = Array.from({ length: T }, (_, frame) => P.flatMap((branch) => branch[frame])).flat();
    const rule = { branches: N, bits: d };
    expect(idsOf(passThrough({ ...rule, bitOrder: 'lsb-first' }), vectors)).toEqual(expected.ids_lsb);
    expect(idsOf(passThrough({ ...rule, bitOrder: 'msb-first' }), vectors)).toEqual(expected.ids_msb);
  });

  it('projects with weights (branches, bits, dimensions) and biases', () => {
    const operands = {
      weights: Float32Array.of(1, 1, 1, -1),
      biases: Float32Array.of(0, -10),
      branches: 1,
      bits: 2,
      bitOrder: 'lsb-first',
    } as const;
    expect(idsOf(operands, [1, 2, 20, 5, 1, -30])).toEqual([1, 3, 2]);
  });

  it('gives projections of 0 and tied votes the zero bit, which is 0 unless set', () => {
    const rule = { branches: 2, bits: 1, bitOrder: 'lsb-first' } as const;
    const vectors = [0, 0, -1, 1, 0, -1, 1, 1, -1, -1];
    expect(idsOf(passThrough(rule), vectors)).toEqual([0, 0, 0, 1, 0]);
    expect(idsOf(passThrough({ ...rule, zeroBit: 1 }), vectors)).toEqual([1, 1, 1, 1, 0]);
  });

  it('makes ids of 32 bits', () => {
    const rule = passThrough({ branches: 1, bits: 32, bitOrder: 'lsb-first' });
    expect(idsOf(rule, new Float32Array(32).fill(1))).toEqual([0xffffffff]);
  });

  it('gives the ids of float64 where projections are exact, over several blocks of rows', () => {
    const operands = {
      weights: integers(5 * 13 * 24, 3, 1),
      biases: integers(5 * 13, 2, 2),
      branches: 5,
      bits: 13,
      bitOrder: 'lsb-first',
    } as const;
    const vectors = integers(1500 * 24, 3, 3);
    expect(idsOf(operands, vectors)).toEqual(idsOf(operands, vectors, createReferenceKernels()));
  });

  it('refuses shapes that do not fit, and more bits than an id has', () => {
    const fitting = passThrough({ branches: 3, bits: 2, bitOrder: 'lsb-first' });
    const refusal = (argument: string) =>
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ argument }) });
    expect(() => kernels.prepareVote({ ...fitting, biases: new Float32Array(5) })).toThrow(refusal('biases'));
    expect(() => kernels.prepareVote({ ...fitting, weights: new Float32Array(7) })).toThrow(
      refusal('weights'),
    );
    expect(() => kernels.prepareVote({ ...fitting, bits: 33 })).toThrow(refusal('bits'));
    expect(() => kernels.prepareVote({ ...fitting, bitOrder: 'big' as 'lsb-first' })).toThrow(
      refusal('bitOrder'),
    );
  });
});
