import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { uniform } from '../../kernels/random-values.fixture.js';
import { encodeModel, Graph, gradients, transpose } from '../../onnx/index.js';
import { evaluate } from '../../onnx/reference/evaluate.fixture.js';
import { goldens, largestDifference, votersToRows } from '../goldens.fixture.js';
import { VotingLfq } from '../voting-lfq.js';
import { codebookLossGradient, votingLosses } from '../voting-losses.js';
import {
  VOTING_INPUTS,
  VOTING_LOSSES,
  VOTING_PARAMETERS,
  type VotingGraphOptions,
  votingLossGraph,
  votingLossValues,
} from './voting-loss-graph.js';

const WEIGHTS = {
  consensusForm: 'released',
  consensusWeight: 0.25,
  commitmentWeight: 0.25,
  codebookWeight: 1,
  sampleWeight: 1,
  batchWeight: 1,
  temperature: 0.01,
  reconstructionWeight: 0,
} as const;

/** Losses and the gradient of the total by the branches, `(rows, voters, bits)`, in float64. */
function ofBranches(
  branches: ArrayLike<number>,
  options: Partial<VotingGraphOptions> & { voters: number; bits: number },
) {
  const columns = options.voters * options.bits;
  const batchSize = branches.length / columns;
  const graph = new Graph();
  const p = graph.input('branches', [batchSize, columns]);
  const all = { ...WEIGHTS, dimension: 1, ...options, batchSize };
  const target = graph.input('target', [batchSize, 1]);
  const { reconstruction: _, ...losses } = votingLossValues(transpose(p), target, all);
  const names = Object.keys(losses) as (keyof typeof losses)[];
  const feeds = {
    branches: { shape: [batchSize, columns], data: Float64Array.from(branches) },
    target: { shape: [batchSize, 1], data: new Float64Array(batchSize) },
    [VOTING_PARAMETERS.outputWeight]: { shape: [1, options.bits], data: new Float64Array(options.bits) },
    [VOTING_PARAMETERS.outputBias]: { shape: [1], data: new Float64Array(1) },
  };
  const wanted = [...names.map((name) => losses[name]), ...gradients(losses.total, [p])];
  const values = evaluate(graph, feeds, wanted);
  const byName = Object.fromEntries(names.map((name, at) => [name, values[at].data[0]]));
  return { losses: byName as Record<keyof typeof losses, number>, gradient: values[names.length].data };
}

describe('the losses of the graph', () => {
  const { N: voters, d: bits, P, expected, codebook_loss_gradient } = goldens.voting_loss;
  const branches = votersToRows(P);

  it('are the golden ones', () => {
    const { losses } = ofBranches(branches, { voters, bits });
    const pairs: [number, number][] = [
      [losses.sampleEntropy, expected.sample_entropy],
      [losses.batchEntropy, expected.avg_entropy],
      [losses.commitment, expected.commitment_loss],
      [losses.consensus, expected.consensus_code],
      [losses.total, expected.aux_total],
      [
        ofBranches(branches, { voters, bits, consensusForm: 'paper' }).losses.consensus,
        expected.consensus_paper,
      ],
    ];
    // Constants such as 1/voters are in float32, with a relative rounding of up to 6e-8.
    for (const [actual, value] of pairs) expect(Math.abs(actual - value)).toBeLessThan(2e-7);
  });

  it('have the golden gradient of the codebook loss', () => {
    const only = { consensusWeight: 0, commitmentWeight: 0 };
    const { gradient } = ofBranches(branches, { voters, bits, ...only });
    expect(largestDifference(gradient, votersToRows(codebook_loss_gradient.values))).toBeLessThan(1e-4);
  });

  it.each([
    { voters: 1, bits: 1, temperature: 0.5 },
    { voters: 3, bits: 2, temperature: 0.1 },
    { voters: 5, bits: 7, temperature: 0.25 },
    { voters: 5, bits: 13, temperature: 1 },
  ])('and their gradients are those of votingLosses for %j', ({ voters: n, bits: d, temperature }) => {
    const quantizer = new VotingLfq({ voters: n, bits: d });
    const rows = Float64Array.from(uniform(4 * n * d, 5), (value) => value / 2);
    const only = { consensusWeight: 0, commitmentWeight: 0, sampleWeight: 0.8, batchWeight: 1.3 };
    const { losses, gradient } = ofBranches(rows, { voters: n, bits: d, temperature, ...only });
    const other = votingLosses({ quantizer, branches: rows, temperature });
    expect(losses.sampleEntropy).toBeCloseTo(other.sampleEntropy, 6);
    expect(losses.batchEntropy).toBeCloseTo(other.batchEntropy, 6);
    expect(losses.commitment).toBeCloseTo(other.commitment, 6);
    expect(losses.consensus).toBeCloseTo(other.consensusReleased, 6);
    const slopes = codebookLossGradient({ quantizer, branches: rows, temperature, ...only });
    expect(largestDifference(gradient, slopes)).toBeLessThan(1e-6);
  });

  it('stay exact for projections far from 0, and where one is 0', () => {
    const rows = Float64Array.of(3, -2, 0, 0.001, -1e-3, 50, 0.002, -0.004);
    const { losses, gradient } = ofBranches(rows, { voters: 1, bits: 4 });
    const quantizer = new VotingLfq({ voters: 1, bits: 4 });
    const other = votingLosses({ quantizer, branches: rows });
    expect(losses.sampleEntropy).toBeCloseTo(other.sampleEntropy, 7);
    expect(losses.batchEntropy).toBeCloseTo(other.batchEntropy, 7);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

describe('the graph', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../../../goldens/voting-heads.json', import.meta.url), 'utf8'),
  );
  const { voters, bits, dimension, frames, temperature, weights } = golden;
  const sizes: Record<string, number[]> = {
    [VOTING_INPUTS.clean]: [frames, dimension],
    [VOTING_INPUTS.perturbed]: [frames, dimension],
    [VOTING_INPUTS.seesPerturbed]: [voters * bits, 1],
    [VOTING_PARAMETERS.weight]: [voters * bits, dimension],
    [VOTING_PARAMETERS.bias]: [voters * bits],
    [VOTING_PARAMETERS.outputWeight]: [dimension, bits],
    [VOTING_PARAMETERS.outputBias]: [dimension],
  };
  const mask = Array.from({ length: voters * bits }, (_, at) =>
    golden.perturbedVoters.includes(Math.floor(at / bits)) ? 1 : 0,
  );
  const numbers: Record<string, number[]> = {
    ...golden.parameters,
    clean: golden.clean,
    perturbed: golden.perturbed,
    seesPerturbed: mask,
  };

  it.each(['paper', 'released'] as const)(
    'has the losses and gradients of PyTorch on ONNX Runtime, consensus as %s',
    async (consensusForm) => {
      const graph = votingLossGraph({
        batchSize: frames,
        dimension,
        voters,
        bits,
        temperature,
        consensusForm,
        consensusWeight: weights.consensus,
        commitmentWeight: weights.commitment,
        codebookWeight: weights.codebook,
        sampleWeight: weights.sample,
        batchWeight: weights.batch,
        reconstructionWeight: weights.reconstruction,
      });
      const parameters = [...graph.parameters.values()];
      const slopes = gradients(graph.outputs.get(VOTING_LOSSES.total)!, parameters);
      for (const [at, { name }] of parameters.entries()) graph.output(`slope of ${name}`, slopes[at]);
      const session = await ort.InferenceSession.create(encodeModel(graph, { source: () => 'input' }), {
        intraOpNumThreads: 1,
        logSeverityLevel: 3,
      });
      const feeds = Object.entries(sizes).map(([name, shape]) => [
        name,
        new ort.Tensor('float32', Float32Array.from(numbers[name]), shape),
      ]);
      const results = await session.run(Object.fromEntries(feeds));
      await session.release();
      const { losses, gradients: expected } = golden[consensusForm];
      for (const name of Object.values(VOTING_LOSSES)) {
        expect(Math.abs(Number(results[name].data[0]) - losses[name]), name).toBeLessThan(2e-5);
      }
      for (const { name } of parameters) {
        const got = Float64Array.from(results[`slope of ${name}`].data as Float32Array);
        const largest = Math.max(...expected[name].map(Math.abs));
        expect(largestDifference(got, expected[name]), name).toBeLessThan(2e-5 * Math.max(1, largest));
      }
    },
  );
});
