import { expect, it } from 'vitest';
import { tensorList } from '../goldens.fixture.js';
import { tensorGraph } from './autoencoder-graphs.js';
import { IMAGE_PRESETS } from './presets.js';
import { isUnusedTensor } from './tensor-names.js';

it.each([
  { preset: 'llamagen-vq16', file: 'llamagen-vq16.tsv', tensors: 344, unused: ['quantize.codebook_used'] },
  {
    preset: 'var-ch160v4096z32',
    file: 'var-vqvae-ch160v4096z32.tsv',
    tensors: 324,
    unused: ['quantize.ema_vocab_hit_SV'],
  },
  { preset: 'open-magvit2-256l', file: 'open-magvit2-256l.tsv', tensors: 339, unused: [] },
] as const)(
  '$preset has the tensors of the published module, by name and shape',
  ({ preset, file, tensors, unused }) => {
    const published = tensorList(file);
    expect(published).toHaveLength(tensors);
    const parameters = [...tensorGraph(IMAGE_PRESETS[preset]).parameters].map(([name, { shape }]) => [
      name,
      shape.join(),
    ]);
    const used = published.filter(([name]) => !isUnusedTensor(name));
    expect(new Map(parameters as [string, string][])).toEqual(new Map(used));
    expect(published.map(([name]) => name).filter(isUnusedTensor)).toEqual(unused);
  },
);

it.each([
  // LlamaGen's paper and repository, VAR's and Open-MAGVIT2's modules: millions of parameters, codebook included.
  { preset: 'llamagen-vq16', parameters: 71_883_403, tensors: 343 },
  { preset: 'llamagen-vq8', parameters: 70_109_835, tensors: 299 },
] as const)('$preset has $parameters parameters', ({ preset, parameters, tensors }) => {
  const graph = tensorGraph(IMAGE_PRESETS[preset]);
  expect(graph.parameters.size).toBe(tensors);
  const total = [...graph.parameters.values()].reduce(
    (sum, { shape }) => sum + (shape as number[]).reduce((product, size) => product * size, 1),
    0,
  );
  expect(total).toBe(parameters);
});
