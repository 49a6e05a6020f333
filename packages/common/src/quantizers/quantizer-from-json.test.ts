import { describe, expect, it } from 'vitest';
import { quantizerFromJSON, quantizerTypes } from './quantizer-from-json.js';

describe('quantizerFromJSON', () => {
  it('knows these types', () => {
    expect(quantizerTypes.types).toEqual([
      'fsq-paper',
      'fsq-lucidrains',
      'fsq-lucidrains-symmetric',
      'rfsq',
      'lfq',
      'bsq',
      'voting-lfq',
      'vq',
      'vq-cosine',
      'rvq',
      'grouped-rvq',
      'product-vq',
      'latent',
      'simvq',
      'random-projection',
      'ibq',
      'var-multiscale',
      'projected-voting-lfq',
    ]);
  });

  it('fills in defaults', () => {
    expect(quantizerFromJSON({ type: 'voting-lfq', voters: 5, bits: 13 }).toJSON()).toEqual({
      type: 'voting-lfq',
      voters: 5,
      bits: 13,
      order: 'lsb-first',
      zero: 'negative',
    });
  });

  it.each([
    [null, 'INVALID_FORMAT'],
    [{}, 'INVALID_FORMAT'],
    [{ type: 'wavelet' }, 'UNKNOWN_NAME'],
    [{ type: 'fsq-paper', levels: 5 }, 'INVALID_FORMAT'],
    [{ type: 'fsq-paper' }, 'INVALID_ARGUMENT'],
    [{ type: 'rfsq', levels: [3, '3'], layers: 1 }, 'INVALID_ARGUMENT'],
    [{ type: 'rfsq', levels: [3] }, 'INVALID_ARGUMENT'],
    [{ type: 'lfq', bits: '4', order: 'lsb-first' }, 'INVALID_FORMAT'],
    [{ type: 'lfq', bits: 4 }, 'INVALID_ARGUMENT'],
    [{ type: 'lfq', bits: 4, order: 'lsb-first', spherical: 1 }, 'INVALID_FORMAT'],
    [{ type: 'bsq', dimension: 40, order: 'lsb-first' }, 'INVALID_ARGUMENT'],
    [{ type: 'rvq', counts: 4, dimension: 2 }, 'INVALID_FORMAT'],
    [{ type: 'rvq', counts: [4], dimension: 2 }, 'INVALID_FORMAT'],
    [{ type: 'rvq', counts: [], dimension: 2 }, 'INVALID_ARGUMENT'],
    [{ type: 'rvq', counts: [4, 5], dimension: 2, shared: true }, 'INVALID_ARGUMENT'],
    [{ type: 'rvq', counts: new Array(5000).fill(4), dimension: 2, shared: true }, 'INVALID_ARGUMENT'],
    [{ type: 'grouped-rvq', groups: 2, counts: [4], dimension: 3 }, 'INVALID_ARGUMENT'],
    [{ type: 'grouped-rvq', groups: 1e9, counts: [4], dimension: 1e9 }, 'INVALID_ARGUMENT'],
    [{ type: 'grouped-rvq', groups: 4096, counts: [4, 4], dimension: 4096 }, 'INVALID_ARGUMENT'],
    [{ type: 'product-vq', counts: [4, 4], dimension: 3 }, 'INVALID_ARGUMENT'],
    [{ type: 'product-vq', counts: [4, 4], dimension: 2, rotated: true }, 'INVALID_FORMAT'],
    [{ type: 'voting-lfq', voters: 1e9, bits: 13 }, 'INVALID_ARGUMENT'],
  ])('refuses %j', (config, code) => {
    expect(() => quantizerFromJSON(config)).toThrow(expect.objectContaining({ name: 'PolytokError', code }));
  });

  it('speaks of quantizers where a type is unknown', () => {
    expect(() => quantizerFromJSON({ type: 'wavelet' })).toThrow(
      /no quantizer type 'wavelet' here\. Available: fsq-paper/,
    );
  });
});
