import { isPolytokError } from '@polytok/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWav } from './decode-wav.js';
import { ascii, bytesOf, chunk, u16, wavFile } from './wav.test-helper.js';

const samplesOf = (bytes: Uint8Array) => [...decodeWav(bytes).samples];
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('samples', () => {
  it.each([
    ['integers of 8 bits', Uint8Array.of(0, 64, 128, 255), { bits: 8 }, [-1, -0.5, 0, 127 / 128]],
    [
      'integers of 16 bits',
      Int16Array.of(-32768, -16384, 0, 32767),
      { bits: 16 },
      [-1, -0.5, 0, 32767 / 32768],
    ],
    [
      'integers of 24 bits',
      Uint8Array.of(0, 0, 0x80, 0, 0, 0xc0, 0, 0, 0, 0xff, 0xff, 0x7f),
      { bits: 24 },
      [-1, -0.5, 0, 8388607 / 8388608],
    ],
    ['integers of 32 bits', Int32Array.of(-(2 ** 31), -(2 ** 30), 0), { bits: 32 }, [-1, -0.5, 0]],
    ['floats of 32 bits', Float32Array.of(-1.5, 0.25), { bits: 32, tag: 3 }, [-1.5, 0.25]],
    ['floats of 64 bits', Float64Array.of(-1.5, 0.25), { bits: 64, tag: 3 }, [-1.5, 0.25]],
  ])('are read from %s', (_, data, options, expected) => {
    expect(samplesOf(wavFile(bytesOf(data), options))).toEqual(expected);
  });

  it('are read from the extensible format', () => {
    const guid = [3, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
    const extension = [...u16(22), ...u16(32), 0, 0, 0, 0, ...guid];
    const data = bytesOf(Float32Array.of(0.5));
    expect(samplesOf(wavFile(data, { tag: 0xfffe, bits: 32, extension }))).toEqual([0.5]);
  });

  it('are found behind a chunk of odd length', () => {
    const between = Uint8Array.from(chunk('LIST', ascii('odd')));
    expect(samplesOf(wavFile(bytesOf(Int16Array.of(16384)), { between }))).toEqual([0.5]);
  });

  it('go on to the end where the length is not known', () => {
    const data = bytesOf(Int16Array.of(16384, -16384));
    expect(samplesOf(wavFile(data, { dataSize: 0xffffffff }))).toEqual([0.5, -0.5]);
  });

  it('may be none, and half a frame is none', () => {
    expect(samplesOf(wavFile(new Uint8Array(0)))).toEqual([]);
    expect(samplesOf(wavFile(new Uint8Array(3)))).toEqual([0]);
  });

  it('are those of the first channel, or the mean of all', () => {
    const bytes = wavFile(bytesOf(Int16Array.of(16384, 0, -16384, 8192)), { channels: 2, rate: 44_100 });
    expect(decodeWav(bytes)).toEqual({ samples: Float32Array.of(0.5, -0.5), sampleRate: 44_100 });
    expect(decodeWav(bytes, { mix: 'mean' }).samples).toEqual(Float32Array.of(0.25, -0.125));
  });

  it('may lie anywhere in a buffer', () => {
    const file = wavFile(bytesOf(Int16Array.of(16384)));
    const larger = new Uint8Array(file.length + 7);
    larger.set(file, 5);
    expect(samplesOf(larger.subarray(5, 5 + file.length))).toEqual([0.5]);
  });
});

describe('a file is refused', () => {
  const data = bytesOf(Int16Array.of(1, 2, 3, 4));

  it.each([
    ['nothing', new Uint8Array(0), 'INVALID_FORMAT', 'no RIFF WAVE'],
    ['another kind', Uint8Array.from(ascii('ID3 and what follows')), 'INVALID_FORMAT', 'no RIFF WAVE'],
    ['64-bit RIFF', Uint8Array.from(ascii('RF64    WAVEds64')), 'UNSUPPORTED', 'ffmpeg'],
    ['cut within its samples', wavFile(data).subarray(0, -1), 'INVALID_FORMAT', 'have 8 bytes, of which 7'],
    ['cut within its format', wavFile(data).subarray(0, 30), 'INVALID_FORMAT', "'fmt ' has 16 bytes"],
    ['no data', wavFile(data).subarray(0, 36), 'INVALID_FORMAT', 'it has no data'],
    [
      'data before the format',
      Uint8Array.from([...ascii('RIFF    WAVE'), ...chunk('data', [0, 0])]),
      'INVALID_FORMAT',
      'before their format',
    ],
    [
      'a chunk that says 4 GB',
      wavFile(data, { between: Uint8Array.from([...ascii('LIST'), 255, 255, 255, 255]) }),
      'INVALID_FORMAT',
      "'LIST' has 4294967295 bytes",
    ],
    [
      'data that say 4 GB',
      wavFile(data, { dataSize: 0xfffffffe }),
      'INVALID_FORMAT',
      'have 4294967294 bytes',
    ],
    [
      'a short format',
      Uint8Array.from([...ascii('RIFF    WAVE'), ...chunk('fmt ', [1, 0]), ...chunk('data', [])]),
      'INVALID_FORMAT',
      '16 are the least',
    ],
    ['compressed samples', wavFile(data, { tag: 0x55 }), 'UNSUPPORTED', 'format 0x55'],
    ['12 bits', wavFile(data, { bits: 12 }), 'UNSUPPORTED', '12 bits'],
    ['floats of 16 bits', wavFile(data, { tag: 3 }), 'UNSUPPORTED', '16 bits'],
    ['no channels', wavFile(data, { channels: 0 }), 'INVALID_FORMAT', '0 channels'],
    [
      '65535 channels in frames of 2 bytes',
      wavFile(data, { channels: 65_535, block: 2 }),
      'INVALID_FORMAT',
      'cannot be',
    ],
    ['no rate', wavFile(data, { rate: 0 }), 'INVALID_FORMAT', '0 Hz'],
    ['frames of no bytes', wavFile(data, { block: 0 }), 'INVALID_FORMAT', '0 bytes'],
  ])('with %s', (_, bytes, code, message) => {
    expect(() => decodeWav(bytes)).toThrow(refusal(code, message));
  });

  it('by a typed error, whichever bytes are wrong', () => {
    const file = wavFile(bytesOf(Int16Array.of(1, -1, 2, -2)), { channels: 2 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(file.length),
        (changes, length) => {
          const bytes = file.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            expect(decodeWav(bytes.subarray(0, length)).samples.length).toBeLessThanOrEqual(8);
          } catch (error) {
            if (!isPolytokError(error)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
