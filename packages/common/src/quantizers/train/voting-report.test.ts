import { describe, expect, it } from 'vitest';
import { ProjectedVotingLfq } from '../projected-voting-lfq.js';
import { votingReport } from './voting-report.js';

/** Three branches that look at one number each, and vote its sign; bit 1 is always clear. */
const quantizer = new ProjectedVotingLfq({
  dimension: 3,
  voters: 3,
  bits: 2,
  weights: Float32Array.of(1, 0, 0, 0, 0, 0, /**/ 0, 1, 0, 0, 0, 0, /**/ 0, 0, 1, 0, 0, 0),
  biases: Float32Array.of(0, -1, 0, -1, 0, -1),
  outputWeights: Float32Array.of(1, 0, 1, 0, 1, 0),
  outputBiases: new Float32Array(3),
});
const clean = Float32Array.of(1, 1, 1, /**/ -1, -1, -1, /**/ 1, 1, -1, /**/ 1, 1, 1);
// Branch 0 errs in frame 0, branches 0 and 1 in frame 1, which outvotes the third.
const perturbed = Float32Array.of(-1, 1, 1, /**/ 1, 1, -1, /**/ 1, 1, -1, /**/ 1, 1, 1);

describe('votingReport', () => {
  it('counts flipped bits and edits of the vote and of every branch', async () => {
    const { frames, pairs, vote, branches } = await votingReport(quantizer, { clean, perturbed });
    expect([frames, pairs]).toEqual([4, 1]);
    expect([...vote.bitFlips]).toEqual([0.25, 0]);
    expect(vote.bitFlipRate).toBe(0.125);
    expect(vote.changedIds).toBe(0.25);
    expect(vote.unitEditDistance).toEqual({
      value: 0.25,
      edits: 1,
      tokens: 4,
      pairs: 1,
      deduplicate: false,
      normalize: 'reference',
    });
    expect(branches.map(({ bitFlips }) => bitFlips[0])).toEqual([0.5, 0.25, 0]);
    expect(branches.map(({ unitEditDistance }) => unitEditDistance.edits)).toEqual([2, 1, 0]);
  });

  it('tells what the clean ids use, and what of the features they keep', async () => {
    const { vote, branches, unexplained } = await votingReport(quantizer, { clean, perturbed });
    expect(vote.utilisation).toEqual({ value: 0.5, used: 2, vocabularySize: 4 });
    expect(vote.entropyBits).toBeCloseTo(0.8112781, 6); // 3 to 1
    expect(branches[2].entropyBits).toBe(1); // 2 to 2
    // One of 12 numbers is wrong by 2. Columns have variances 3/4, 3/4 and 1, times 4 frames.
    expect(unexplained).toBeCloseTo(4 / (4 * 2.5), 12);
  });

  it('sums over pairs, in which insertions may be cheaper than changes', async () => {
    const shifted = {
      clean: Float32Array.of(1, 1, 1, -1, -1, -1),
      perturbed: Float32Array.of(-1, -1, -1, 1, 1, 1),
    };
    const long = { clean: new Float32Array(3 * 5000).fill(1), perturbed: new Float32Array(3 * 5000).fill(1) };
    const { vote, pairs, frames } = await votingReport(quantizer, [shifted, long]);
    expect([pairs, frames]).toEqual([2, 5002]);
    expect(vote.unitEditDistance).toMatchObject({ edits: 2, tokens: 5002, pairs: 3 });
    const wave = {
      clean: Float32Array.of(1, 1, 1, -1, -1, -1, 1, 1, 1, -1, -1, -1),
      perturbed: Float32Array.of(-1, -1, -1, 1, 1, 1, -1, -1, -1, 1, 1, 1),
    };
    const report = await votingReport(quantizer, wave);
    expect([report.vote.changedIds, report.vote.unitEditDistance.edits]).toEqual([1, 2]);
  });

  it('refuses no frames, and other dimensions', async () => {
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    await expect(votingReport(quantizer, [])).rejects.toThrow(refusal);
    await expect(
      votingReport(quantizer, { clean: new Float32Array(4), perturbed: new Float32Array(4) }),
    ).rejects.toThrow(refusal);
  });
});
