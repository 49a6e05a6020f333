import { describe, expect, it } from 'vitest';
import { type AnyKernels, backends, failureOf, integers } from './backends.fixture.js';
import type { VoteOperands } from './contract.js';
import { goldens } from './goldens.fixture.js';
import { createReferenceKernels } from './index.js';

type Rule = Omit<VoteOperands, 'weights' | 'biases'>;

/** Projections are the vectors themselves: the weights are an identity. */
function passThrough(rule: Rule): VoteOperands {
  const columns = rule.voters * rule.bits;
  const weights = new Float32Array(columns * columns);
  for (let column = 0; column < columns; column++) weights[column * (columns + 1)] = 1;
  return { ...rule, weights, biases: new Float32Array(columns) };
}

describe.each(backends)('vote, $name', async ({ create }) => {
  const kernels = await create();
  const idsOf = async (
    operands: VoteOperands,
    vectors: readonly number[] | Float32Array,
    of: AnyKernels = kernels,
  ) => {
    const vote = of.prepareVote(operands);
    const ids = new Uint32Array(vectors.length / vote.dimensions);
    await of.vote(vote, Float32Array.from(vectors), ids);
    return [...ids];
  };

  it('votes bit by bit, not id by id: the published rows', async () => {
    const rule = passThrough({ voters: 5, bits: 13, order: 'lsb-first' });
    const vectors = goldens.voting_rows.rows.flatMap(({ voters }) =>
      voters.flatMap((id) => Array.from({ length: 13 }, (_, bit) => ((id >> bit) & 1 ? 0.5 : -0.5))),
    );
    expect(await idsOf(rule, vectors)).toEqual(goldens.voting_rows.rows.map(({ expected }) => expected));
  });

  it('gives the golden ids in both bit orders', async () => {
    const { N, T, d, P, expected } = goldens.voting;
    const vectors = Array.from({ length: T }, (_, frame) => P.flatMap((voter) => voter[frame])).flat();
    const rule = { voters: N, bits: d };
    expect(await idsOf(passThrough({ ...rule, order: 'lsb-first' }), vectors)).toEqual(expected.ids_lsb);
    expect(await idsOf(passThrough({ ...rule, order: 'msb-first' }), vectors)).toEqual(expected.ids_msb);
  });

  it('projects with weights (voters, bits, dimensions) and biases', async () => {
    const operands = {
      weights: Float32Array.of(1, 1, 1, -1),
      biases: Float32Array.of(0, -10),
      voters: 1,
      bits: 2,
      order: 'lsb-first',
    } as const;
    expect(await idsOf(operands, [1, 2, 20, 5, 1, -30])).toEqual([1, 3, 2]);
  });

  it('gives projections of 0 and tied votes the sign of 0, which is negative unless set', async () => {
    const rule = { voters: 2, bits: 1, order: 'lsb-first' } as const;
    const vectors = [0, 0, -1, 1, 0, -1, 1, 1, -1, -1];
    expect(await idsOf(passThrough(rule), vectors)).toEqual([0, 0, 0, 1, 0]);
    expect(await idsOf(passThrough({ ...rule, zero: 'positive' }), vectors)).toEqual([1, 1, 1, 1, 0]);
  });

  it('makes ids of 32 bits', async () => {
    const rule = passThrough({ voters: 1, bits: 32, order: 'lsb-first' });
    expect(await idsOf(rule, new Float32Array(32).fill(1))).toEqual([0xffffffff]);
  });

  it('gives the ids of float64 where projections are exact, over several blocks of rows', async () => {
    const operands = {
      weights: integers(5 * 13 * 24, 3, 1),
      biases: integers(5 * 13, 2, 2),
      voters: 5,
      bits: 13,
      order: 'lsb-first',
    } as const;
    const vectors = integers(1500 * 24, 3, 3);
    expect(await idsOf(operands, vectors)).toEqual(await idsOf(operands, vectors, createReferenceKernels()));
  });

  it('refuses shapes that do not fit, and more bits than an id has', async () => {
    const fitting = passThrough({ voters: 3, bits: 2, order: 'lsb-first' });
    const refusal = (name: string) =>
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ name }) });
    expect(await failureOf(() => kernels.prepareVote({ ...fitting, biases: new Float32Array(5) }))).toEqual(
      refusal('biases'),
    );
    expect(await failureOf(() => kernels.prepareVote({ ...fitting, weights: new Float32Array(7) }))).toEqual(
      refusal('weights'),
    );
    expect(await failureOf(() => kernels.prepareVote({ ...fitting, bits: 33 }))).toEqual(refusal('bits'));
    expect(await failureOf(() => kernels.prepareVote({ ...fitting, order: 'big' as 'lsb-first' }))).toEqual(
      refusal('order'),
    );
  });
});
