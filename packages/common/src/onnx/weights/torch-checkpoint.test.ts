import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isPolytokError } from '../../errors.js';
import { tensorToFloat32 } from '../../io/safetensors.js';
import { readTorchCheckpoint } from './torch-checkpoint.js';

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../goldens/${name}`, import.meta.url)));
const checkpoint = golden('torch-checkpoint.pt');
const refusal = (code: string, details = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

/** A checkpoint with this pickle. */
const withPickle = (pickle: string | Uint8Array) =>
  zipSync({ 'x/data.pkl': typeof pickle === 'string' ? strToU8(pickle, true) : pickle }, { level: 0 });

describe('a checkpoint of PyTorch', () => {
  const store = readTorchCheckpoint(checkpoint, { keys: ['ema', 'model'] });

  it.each([
    ['weight', 'F32', [3, 4], [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.125, 1.25, 1.375]],
    ['transposed', 'F32', [4, 3], [0, 0.5, 1, 0.125, 0.625, 1.125, 0.25, 0.75, 1.25, 0.375, 0.875, 1.375]],
    ['slice', 'F32', [2, 2], [0.5, 0.75, 1, 1.25]],
    ['half', 'F16', [2], [0.5, -2]],
    ['brain', 'BF16', [2], [1, -3]],
    ['parameter', 'F32', [1], [1.5]],
    ['empty', 'F32', [0, 3], []],
  ] as const)('has its tensors: %s', async (name, dtype, shape, values) => {
    const tensor = await store.read(name);
    expect([tensor.dtype, tensor.shape]).toEqual([dtype, shape]);
    expect([...tensorToFloat32(tensor)]).toEqual(values);
    expect(store.entries.get(name)).toMatchObject({ dtype, shape });
  });

  it('has integers and truth values, too', async () => {
    expect(await store.read('count')).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(7n) });
    expect(await store.read('flags')).toEqual({ dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) });
  });

  it('names what it has when a key or tensor is not there', async () => {
    expect(() => readTorchCheckpoint(checkpoint, { keys: ['ema'] })).toThrow(
      refusal('UNKNOWN_NAME', { available: ['model', 'steps'] }),
    );
    await expect(store.read('bias')).rejects.toThrow(refusal('UNKNOWN_NAME', { name: 'bias' }));
  });
});

describe('a file that could run code', () => {
  it('is refused with the name of what it would import', () => {
    expect(() => readTorchCheckpoint(golden('torch-namespace.pt'), { keys: ['model'] })).toThrow(
      refusal('UNSUPPORTED', { global: 'argparse.Namespace' }),
    );
    expect(() => readTorchCheckpoint(withPickle('cos\nsystem\n(X\x04\0\0\0true\x85R.'))).toThrow(
      refusal('UNSUPPORTED', { global: 'os.system' }),
    );
  });

  it('is refused for an instruction that tensors do not need', () => {
    expect(() => readTorchCheckpoint(withPickle('(i__main__\nX\n.'))).toThrow(refusal('UNSUPPORTED'));
  });
});

describe('a damaged file', () => {
  it.each([
    ['INVALID_FORMAT', checkpoint.subarray(0, checkpoint.length - 100)],
    ['UNSUPPORTED', Uint8Array.of(0x80, 2)],
    ['UNSUPPORTED', new Uint8Array(0)],
    ['INVALID_FORMAT', zipSync({ readme: strToU8('hello') })],
    ['INVALID_FORMAT', zipSync({ 'x/data.pkl': strToU8('}.'.padEnd(1000, '.')) }, { level: 9 })],
    ['INVALID_FORMAT', withPickle('}')],
    ['INVALID_FORMAT', withPickle('}.')],
    ['INVALID_FORMAT', withPickle('u.')],
    ['INVALID_FORMAT', withPickle('h\x05.')],
  ])('is refused with %s', (code, bytes) => {
    expect(() => readTorchCheckpoint(bytes)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused when its zip counts billions of files', () => {
    const bytes = checkpoint.slice();
    // In the last record of its kind: the signature, and 32 bytes behind it the number of files.
    const record = Buffer.from(bytes.buffer).lastIndexOf('PK\x06\x06', undefined, 'latin1');
    new DataView(bytes.buffer).setUint32(record + 32, 2 ** 32 - 1, true);
    expect(() => readTorchCheckpoint(bytes)).toThrow(refusal('INVALID_FORMAT'));
  });

  it('gives tensors or a typed error, whatever byte is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(checkpoint.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = checkpoint.slice();
        bytes[at] = byte;
        try {
          const store = readTorchCheckpoint(bytes, { keys: ['model'] });
          for (const name of store.entries.keys()) await store.read(name);
        } catch (error) {
          expect(isPolytokError(error), String(error)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
