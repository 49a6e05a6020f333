import { describe, expect, it } from 'vitest';
import { flat, goldens } from '../goldens.fixture.js';
import { fitFast } from './fit-fast.js';
import { readFastProcessor, writeFastProcessor } from './processor-files.js';

const { fast_bpe_own_fit: own, fast_dct: golden } = goldens;

/** As the Python processor saves it. */
const published = {
  processor: JSON.stringify({
    action_dim: null,
    auto_map: { AutoProcessor: 'processing_action_tokenizer.UniversalActionProcessor' },
    min_token: own.min_token,
    processor_class: 'UniversalActionProcessor',
    scale: own.scale,
    time_horizon: null,
    vocab_size: 140,
  }),
  tokenizer: JSON.stringify({
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(own.vocab_in_id_order.map((token, id) => [token, id])),
      merges: own.merges,
    },
  }),
};

describe('a published processor', () => {
  it('is read, and gives its ids', () => {
    const tokenizer = readFastProcessor(published, { steps: 10, columns: 2 });
    expect([...tokenizer.encodeSync(flat(golden.input)).ids]).toEqual(own.chunk_of_fast_dct.ids);
  });

  it('must be told the shape of chunks that it does not name', () => {
    expect(() => readFastProcessor(published)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([
    ['INVALID_FORMAT', { processor: '{' }],
    ['INVALID_FORMAT', { processor: '[]' }],
    ['INVALID_FORMAT', { processor: '{"scale": 10}' }],
    ['UNSUPPORTED', { tokenizer: '{"model": {"type": "WordPiece"}}' }],
    ['UNSUPPORTED', { tokenizer: published.tokenizer.replace('"use_regex":true', '"use_regex":false') }],
    ['UNSUPPORTED', { tokenizer: published.tokenizer.replace('"normalizer":null', '"normalizer":{}') }],
    ['INVALID_FORMAT', { tokenizer: published.tokenizer.replace('"merges":[', '"merges":[["x","y"],') }],
    ['INVALID_FORMAT', { tokenizer: published.tokenizer.replace('"merges":[', '"merges":["x",') }],
    ['INVALID_FORMAT', { tokenizer: published.tokenizer.replace(':102}', ':101}') }],
    ['INVALID_FORMAT', { tokenizer: published.tokenizer.replace(':102}', ':1e9}') }],
  ])('is refused with %s: %j', (code, damage) => {
    expect(() => readFastProcessor({ ...published, ...damage }, { steps: 10, columns: 2 })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('a tokenizer that was fitted here', () => {
  const chunks = Array.from({ length: 40 }, (_, n) =>
    Float64Array.from({ length: 20 }, (_, i) => Math.sin(n / 3 + i / 4)),
  );

  it('is written for the processor, and read back with the same ids', async () => {
    const fitted = await fitFast(chunks, { steps: 10, columns: 2, mode: 'bytelevel', vocabularySize: 120 });
    const { low, high } = fitted.options;
    const back = readFastProcessor(writeFastProcessor(fitted), { low, high });
    expect(back.toJSON()).toEqual(fitted.toJSON());
    for (const chunk of chunks) expect(back.encodeSync(chunk).ids).toEqual(fitted.encodeSync(chunk).ids);
  });

  it('of mode integer has no such file', async () => {
    const fitted = await fitFast(chunks, { steps: 10, columns: 2 });
    expect(() => writeFastProcessor(fitted)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});
