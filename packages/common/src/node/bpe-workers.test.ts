import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { BpeModel } from '../bpe/bpe-model.js';
import { dominoes, pseudoRandomSymbols, trainedOn } from '../bpe/encode/tables.fixture.js';
import { tableOf } from '../bpe/goldens.fixture.js';
import { BpeWorkers, type BpeWorkersOptions } from './bpe-workers.js';

const input = pseudoRandomSymbols(200_000, 3);
const model = new BpeModel({ table: await trainedOn(Array.from(input.subarray(0, 1500)), 3) });

const pools: BpeWorkers[] = [];
function poolOf(options: BpeWorkersOptions, of: BpeModel = model): BpeWorkers {
  const pool = new BpeWorkers(of, { workers: 2, ...options });
  pools.push(pool);
  return pool;
}
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

describe('ids are those of one thread', () => {
  it.each([
    { minSegmentBytes: 1000, overlapBytes: 200 },
    { minSegmentBytes: 999, overlapBytes: 37 },
    // Too short an overlap to agree anywhere: the first is encoded on.
    { minSegmentBytes: 1, overlapBytes: 1 },
    { minSegmentBytes: 1, overlapBytes: 0 },
    {},
  ])('for inputs of all sizes, with $minSegmentBytes and $overlapBytes bytes', async (options) => {
    const pool = poolOf(options);
    for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 1000, 4001, 65_537, 199_999]) {
      const symbols = input.subarray(0, length);
      expect(await pool.encode(symbols)).toEqual(model.encode(symbols));
    }
  });

  it('for runs, where stretches that start apart stay apart', async () => {
    const zeros = new Uint8Array(100_003);
    expect(await poolOf({ minSegmentBytes: 1000, overlapBytes: 100 }).encode(zeros)).toEqual(
      model.encode(zeros),
    );
  });

  it('for many inputs at a time', async () => {
    const pool = poolOf({ minSegmentBytes: 500, overlapBytes: 100 });
    const inputs = Array.from({ length: 40 }, (_, k) => input.subarray(k * 100, k * 100 + 1 + k * 601));
    const encoded = await Promise.all(inputs.map((symbols) => pool.encode(symbols)));
    expect(encoded).toEqual(inputs.map((symbols) => model.encode(symbols)));
  });

  it('for wide symbols and ids beyond 16 bits, with any overlap', async () => {
    const text = Array.from(input.subarray(0, 3000), (symbol) => symbol * 30_000);
    const wide = new BpeModel({ table: await trainedOn(text, 70_000) });
    expect(wide.bytesPerSymbol).toBe(4);
    const pool = poolOf({ minSegmentBytes: 999, overlapBytes: 401 }, wide);
    const ids = await pool.encode(text);
    expect(ids).toBeInstanceOf(Uint32Array);
    expect(ids).toEqual(wide.encode(text));
  });

  it('where the end decides over the beginning', async () => {
    const row = new BpeModel({ table: dominoes(3000) });
    const symbols = Uint16Array.from({ length: 2999 }, (_, symbol) => symbol);
    expect(await poolOf({ minSegmentBytes: 500, overlapBytes: 100 }, row).encode(symbols)).toEqual(
      row.encode(symbols),
    );
  });

  it('without encoding a second time where stretches agree', async () => {
    const pool = poolOf({ minSegmentBytes: 20_000, overlapBytes: 1000 });
    const again = vi.spyOn(model, 'encodeBytes');
    const ids = await pool.encode(input);
    expect(again).not.toHaveBeenCalled();
    again.mockRestore();
    expect(ids).toEqual(model.encode(input));
  });
});

describe('closing', () => {
  it('fails encodings under way, and later ones', async () => {
    const pool = poolOf({ minSegmentBytes: 1000, overlapBytes: 100 });
    const pending = [pool.encode(input), pool.encode(input)];
    const outcomes = Promise.allSettled(pending);
    await pool.close();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    }
    await expect(pool.encode(input)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await pool.close();
  });

  it('is not needed for the process to end', async () => {
    const script = fileURLToPath(new URL('./bpe-workers.child.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
    expect(stdout).toBe('5001\n');
  });
});

describe('a thread that dies', () => {
  it('fails the encodings with its error, and closes the pool', async () => {
    const broken = new BpeModel({ table: tableOf(256, []) });
    const image = broken.encoderImage();
    // Without the tables of its alphabet the encoder traps.
    vi.spyOn(broken, 'encoderImage').mockReturnValue({
      ...image,
      tables: new Uint8Array(image.tables.length),
    });
    const pool = poolOf({}, broken);
    await expect(pool.encode(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('A worker thread died'),
      cause: expect.any(Error),
    });
    await expect(pool.encode(input)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('options', () => {
  it.each([
    { options: { workers: 0 }, message: /'workers' must be an integer of at least 1; got 0/ },
    { options: { workers: 1.5 }, message: /'workers' .* got 1.5/ },
    { options: { minSegmentBytes: 0 }, message: /'minSegmentBytes' .* at least 1; got 0/ },
    { options: { minSegmentBytes: Number.NaN }, message: /got NaN/ },
    { options: { overlapBytes: -1 }, message: /'overlapBytes' .* at least 0; got -1/ },
  ])('$options are refused', ({ options, message }) => {
    expect(() => new BpeWorkers(model, options)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('symbols outside the alphabet are refused', async () => {
    await expect(poolOf({}).encode([0, 3])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
