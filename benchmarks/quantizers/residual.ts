/**
 * polytok's side of compare_residual.py: reads one JSON request per line from standard input and answers each with one
 * line. `codebooks` is [group][stage], each flat; with `stages` a group's only codebook is shared.
 */
import { createInterface } from 'node:readline';
import { GroupedRvq, ResidualEmaTrainer, Rvq, residualLosses } from '@polytok/common/quantizers';

interface Request {
  readonly codebooks: readonly (readonly (readonly number[])[])[];
  readonly dimension: number;
  readonly stages?: number;
  /** `(rows, dimension)`, flat: to quantize. */
  readonly vectors: readonly number[];
  /** `(rows, dimension)` each, flat: to train on. */
  readonly batches: readonly (readonly number[])[];
}

for await (const line of createInterface({ input: process.stdin })) {
  const { codebooks, dimension, stages, vectors, batches }: Request = JSON.parse(line);
  const groups = codebooks.map((ofGroup) => ofGroup.map((codes) => Float32Array.from(codes)));
  const quantizer =
    groups.length === 1
      ? new Rvq({ codebooks: groups[0], dimension, stages })
      : new GroupedRvq({ codebooks: groups, dimension, stages });
  const rows = Float32Array.from(vectors);
  const ids = quantizer.quantize(rows);
  const width = dimension / groups.length;
  const trainers = groups.map((ofGroup) => {
    const counts = ofGroup.map((codes) => codes.length / width);
    return new ResidualEmaTrainer({ dimension: width, counts, codebooks: ofGroup });
  });
  const stepIds = batches.map((batch) =>
    trainers.map((trainer, group) => {
      const part = batch.filter((_, i) => Math.floor((i % dimension) / width) === group);
      return Array.from(trainer.step(Float32Array.from(part)).ids);
    }),
  );
  const state = trainers.flatMap((trainer) =>
    Object.values(trainer.tensors()).map(({ values }) => Array.from(values)),
  );
  const decoded = Array.from(quantizer.dequantize(ids));
  const { commitment: losses } = residualLosses({ quantizer, vectors: rows });
  console.log(JSON.stringify({ ids: Array.from(ids), decoded, losses, stepIds, state }));
}
