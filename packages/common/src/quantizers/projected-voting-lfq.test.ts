import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { goldens, votersToRows } from './goldens.fixture.js';
import { ProjectedVotingLfq } from './projected-voting-lfq.js';
import { quantizerFromJSON } from './quantizer-from-json.js';
import { quantizerFromSafetensors, quantizerToSafetensors } from './quantizer-safetensors.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

/** Three branches over two features, two bits each; the second one disagrees about the first bit. */
const options = {
  dimension: 2,
  voters: 3,
  bits: 2,
  weights: Float32Array.of(1, 0, 0, 1, /**/ -1, 0, 0, 1, /**/ 1, 0, 0, 1),
  biases: Float32Array.of(0, 0, 0, 0, 0, -10),
  outputWeights: Float32Array.of(1, 2, 10, 20),
  outputBiases: Float32Array.of(0.5, -0.5),
};
const quantizer = new ProjectedVotingLfq(options);

describe('ProjectedVotingLfq', () => {
  it('projects, votes bit by bit, and decodes the voted signs', () => {
    const rows = Float32Array.of(3, -4, -3, 4);
    expect(Array.from(quantizer.branches(rows))).toEqual([3, -4, -3, -4, 3, -14, -3, 4, 3, 4, -3, -6]);
    expect(Array.from(quantizer.quantize(rows))).toEqual([0b01, 0b10]);
    // ±1 ± 2 + 0.5 and ±10 ± 20 − 0.5.
    expect(Array.from(quantizer.dequantize([0b01, 0b10]))).toEqual([-0.5, -10.5, 1.5, 9.5]);
  });

  it('gives the golden ids where branches are projected to the golden numbers', () => {
    const { N: voters, d: bits, T: frames, P, expected } = goldens.voting_loss;
    // Frames as unit vectors: a projection's column is what its branch votes for that frame.
    const branches = votersToRows(P);
    const weights = Float32Array.from({ length: voters * bits * frames }, (_, at) => {
      const [branch, frame] = [Math.floor(at / frames), at % frames];
      return branches[frame * voters * bits + branch];
    });
    const golden = new ProjectedVotingLfq({
      dimension: frames,
      voters,
      bits,
      weights,
      biases: new Float32Array(voters * bits),
      outputWeights: new Float32Array(frames * bits),
      outputBiases: new Float32Array(frames),
    });
    expect(Array.from(golden.quantize(Float32Array.of(1, 0, 0, 1)))).toEqual(expected.ids_lsb);
  });

  it('has the tensors of the released checkpoint, by name and shape', () => {
    const shapes = Object.entries(quantizer.tensors()).map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([
      ['project_in.0.weight', [2, 2]],
      ['project_in.0.bias', [2]],
      ['project_in.1.weight', [2, 2]],
      ['project_in.1.bias', [2]],
      ['project_in.2.weight', [2, 2]],
      ['project_in.2.bias', [2]],
      ['project_out.weight', [2, 2]],
      ['project_out.bias', [2]],
    ]);
    expect(Array.from(quantizer.tensors()['project_in.2.bias'].values)).toEqual([0, -10]);
  });

  it('comes back from one safetensors file, and from JSON and tensors', () => {
    const rows = uniform(40, 3);
    for (const again of [
      quantizerFromSafetensors(quantizerToSafetensors(quantizer)),
      quantizerFromJSON(JSON.parse(JSON.stringify(quantizer)), quantizer.tensors()),
    ]) {
      expect(again.quantize(rows)).toEqual(quantizer.quantize(rows));
      expect(again.vocabulary('speech').fingerprint).toBe(quantizer.vocabulary('speech').fingerprint);
    }
    const changed = {
      ...quantizer.tensors(),
      'project_out.bias': { shape: [2], values: new Float32Array(2) },
    };
    expect(() => quantizerFromJSON(quantizer.toJSON(), changed)).toThrow(code('VOCABULARY_MISMATCH'));
  });

  it.each([
    { dimension: 3 },
    { voters: 0 },
    { bits: 33 },
    { weights: new Float32Array(11) },
    { biases: new Float32Array(5) },
    { outputWeights: new Float32Array(3) },
    { outputBiases: Float32Array.of(0, Number.NaN) },
    { order: 'lsb' as never },
  ])('refuses %j', (bad) => {
    expect(() => new ProjectedVotingLfq({ ...options, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });

  it('refuses a configuration without its tensors', () => {
    expect(() => quantizerFromJSON(quantizer.toJSON())).toThrow(code('INVALID_FORMAT'));
  });
});
