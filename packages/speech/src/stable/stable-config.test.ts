import { describe, expect, it } from 'vitest';
import { checkStableConfig, parseStableConfig, tokenHop } from './stable-config.js';

/** What Tencent/StableToken's config.json says. */
const PUBLISHED = {
  d_model: 1280,
  num_mel_bins: 128,
  encoder_layers: 32,
  encoder_attention_heads: 20,
  encoder_ffn_dim: 5120,
  max_source_positions: 1500,
  pooling_kernel_size: 2,
  pooling_type: 'avg',
  pooling_position: 16,
  quantize_position: 16,
  quantize_encoder_only: true,
  quantize_vocab_size: 8192,
  num_voters: 5,
};
const PREPROCESSOR = {
  feature_size: 128,
  sampling_rate: 16_000,
  hop_length: 160,
  n_fft: 400,
  chunk_length: 30,
};

describe('parseStableConfig', () => {
  it('reads the published files', () => {
    const config = parseStableConfig(PUBLISHED, PREPROCESSOR);
    expect(config).toEqual({
      sampleRate: 16_000,
      hop: 160,
      fftSize: 400,
      windowSamples: 480_000,
      bands: 128,
      width: 1280,
      heads: 20,
      hidden: 5120,
      layers: 16,
      positions: 1500,
      poolingKernel: 2,
      poolingType: 'avg',
      poolingPosition: 16,
      bits: 13,
      voters: 5,
      projectionBias: true,
      encoderOnly: true,
    });
    expect(tokenHop(config)).toBe(640);
  });

  it('takes the defaults of the reference for what is missing or null', () => {
    const { pooling_type, num_voters, quantize_encoder_only, ...rest } = PUBLISHED;
    expect(parseStableConfig({ ...rest, use_projection_bias: null }, {})).toMatchObject({
      poolingType: 'max',
      voters: 3,
      encoderOnly: false,
      projectionBias: true,
      windowSamples: 480_000,
    });
    const unpooled = parseStableConfig({ ...rest, pooling_kernel_size: null }, PREPROCESSOR);
    expect(tokenHop(unpooled)).toBe(320);
  });

  it('takes pooling behind the quantizer as none', () => {
    expect(tokenHop(parseStableConfig({ ...PUBLISHED, pooling_position: 17 }, PREPROCESSOR))).toBe(320);
  });

  it.each([false, undefined, null])('takes encoder_causal_convolution %s as absent', (value) => {
    const config = { ...PUBLISHED, encoder_causal_convolution: value };
    expect(parseStableConfig(config, PREPROCESSOR).layers).toBe(16);
  });

  it.each([
    ['encoder_causal_convolution', true],
    ['encoder_causal_attention', true],
    ['quantize_causal_block_size', 200],
    ['activation_function', 'relu'],
  ])('refuses the variant %s = %s', (name, value) => {
    expect(() => parseStableConfig({ ...PUBLISHED, [name]: value }, PREPROCESSOR)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining(name) }),
    );
  });

  it('names everything that is wrong in one error', () => {
    const wrong = {
      ...PUBLISHED,
      d_model: undefined,
      pooling_type: 'sum',
      num_voters: 2.5,
      quantize_vocab_size: 8000,
    };
    expect(() => parseStableConfig(wrong, { ...PREPROCESSOR, feature_size: 80 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_FORMAT',
        details: {
          problems: [
            'config.json has no d_model',
            'pooling_type in config.json is "sum", not max or avg',
            'num_voters in config.json is 2.5, not an integer from 1 to 1048576',
            'num_mel_bins is 128, but feature_size is another',
            '20 heads do not divide a width of 1',
            'the vocabulary is no power of 2 from 2 to 2^24',
          ],
        },
      }),
    );
  });

  it.each([
    ['an even number of voters', { num_voters: 4 }, {}],
    ['a vocabulary of 2^25', { quantize_vocab_size: 2 ** 25 }, {}],
    ['a quantizer behind the last layer', { quantize_position: 33 }, {}],
    ['windows that the positions do not cover', {}, { chunk_length: 31 }],
    ['heads that do not divide the width', { encoder_attention_heads: 3 }, {}],
    ['sizes beyond all models', { d_model: 2 ** 40 }, {}],
    ['sizes of 0', { num_mel_bins: 0 }, {}],
  ])('refuses %s', (_, model, preprocessor) => {
    expect(() => parseStableConfig({ ...PUBLISHED, ...model }, { ...PREPROCESSOR, ...preprocessor })).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT' }),
    );
  });

  it.each([null, [], 'text', 1])('refuses %j', (value) => {
    expect(() => parseStableConfig(value, value)).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT' }),
    );
  });
});

it('checkStableConfig takes what was parsed, through JSON, and nothing else', () => {
  const config = parseStableConfig(PUBLISHED, PREPROCESSOR);
  expect(checkStableConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  for (const other of [
    null,
    {},
    { ...config, bits: 0 },
    { ...config, projectionBias: 1 },
    { ...config, windowSamples: 479_999 },
  ])
    expect(() => checkStableConfig(other)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
});
