import { describe, expect, it } from 'vitest';
import { golden, goldenWeights, TINY_LLAMAGEN, wave } from './goldens.fixture.js';
import { VqImageTokenizer } from './vq-image-tokenizer.js';

const tiny = golden('llamagen-tiny.json');
const [square] = tiny.cases;
const weights = goldenWeights('llamagen-tiny.safetensors');
const tokenizer = await VqImageTokenizer.fromWeights(weights, TINY_LLAMAGEN, { threads: 1 });

describe('LlamaGen, small', () => {
  it('gives the ids of the float64 reference', async () => {
    const tokens = await tokenizer.encode(wave(32, 32));
    expect(Array.from(tokens.ids)).toEqual(square.indices);
    expect(tokens.alignment).toEqual({ kind: 'grid', rows: 16, columns: 16, patch: [2, 2] });
  });

  it.each([
    { name: 'encoded ids', ids: square.indices, ...square.reconstruction },
    { name: 'any ids', ...tiny.decode_only, ids: Array.from({ length: 256 }, (_, k) => (11 * k + 5) % 64) },
  ])('decodes $name within the tolerance', async ({ ids, samples, mean }) => {
    const tokens = await tokenizer.encode(wave(32, 32));
    const { data } = await tokenizer.decodeFloats({ ...tokens, ids: Uint16Array.from(ids) });
    for (const [channel, row, column, value] of samples) {
      expect(Math.abs(data[(row * 32 + column) * 3 + channel] - value)).toBeLessThan(tiny.tolerance);
    }
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(mean, 5);
  });
});
