import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BpeModel } from './bpe-model.js';
import { joinEncodings } from './join-encodings.js';
import { trainBpe } from './train/index.js';

/** Runs up to 16 of one byte, and a few pairs. */
async function runModel(): Promise<BpeModel> {
  const symbols = Uint8Array.from({ length: 4000 }, (_, i) => (i % 400 < 300 ? 0 : (i * 7) % 5));
  const { table } = await trainBpe([{ symbols }], { vocabularySize: 280, maxTokenSymbols: 16 });
  return new BpeModel({ table });
}

/** Encodes `[start, end + overlap)` of the input for each pair of neighbours in `cuts`. */
function stretchesOf(model: BpeModel, bytes: Uint8Array, cuts: number[], overlap: number) {
  return cuts.slice(0, -1).map((start, k) => {
    const end = Math.min(cuts[k + 1] + overlap, bytes.length);
    return { start, end, ids: model.encode(bytes.subarray(start, end)) };
  });
}

describe('joinEncodings', () => {
  it('gives the encoding of the whole for one stretch', async () => {
    const model = await runModel();
    const bytes = new Uint8Array(100);
    expect(joinEncodings(model, bytes, stretchesOf(model, bytes, [0, 100], 0))).toEqual(model.encode(bytes));
  });

  it('brings stretches of one long run together, whatever their phases', async () => {
    const model = await runModel();
    const bytes = new Uint8Array(200_000);
    bytes.fill(3, 150_001, 150_003);
    const stretches = stretchesOf(model, bytes, [0, 50_001, 100_003, 150_000, 200_000], 64);
    expect(joinEncodings(model, bytes, stretches)).toEqual(model.encode(bytes));
  });

  it('passes over stretches that never agree with what comes before them', async () => {
    const model = await runModel();
    const bytes = new Uint8Array(3000);
    const stretches = stretchesOf(model, bytes, [0, 1001, 2002, 3000], 4);
    expect(joinEncodings(model, bytes, stretches)).toEqual(model.encode(bytes));
  });

  it('does not encode the whole again for the sake of one run', async () => {
    const model = await runModel();
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) =>
      i > 400_000 && i < 450_000 ? 0 : (i * i) % 5,
    );
    const stretches = stretchesOf(model, bytes, [0, 420_001, 1_000_000], 64);
    const whole = model.encode(bytes);
    const encodeBytes = vi.spyOn(model, 'encodeBytes');
    expect(joinEncodings(model, bytes, stretches)).toEqual(whole);
    const encoded = encodeBytes.mock.calls.reduce((sum, [part]) => sum + part.length, 0);
    expect(encoded).toBeGreaterThan(0);
    expect(encoded).toBeLessThan(200_000);
  });

  it('gives the encoding of the whole for any cuts and overlap', async () => {
    const model = await runModel();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 200 })), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (runs, cuts, overlap) => {
          const bytes = Uint8Array.from(runs.flatMap(([byte, length]) => Array<number>(length).fill(byte)));
          const inner = cuts
            .map((share) => Math.floor(share * bytes.length))
            .filter((cut) => cut > 0 && cut < bytes.length);
          const borders = [...new Set([0, ...inner, bytes.length])].sort((a, b) => a - b);
          expect(joinEncodings(model, bytes, stretchesOf(model, bytes, borders, overlap))).toEqual(
            model.encode(bytes),
          );
        },
      ),
    );
  });
});
