import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integers, uniform } from '../backends.fixture.js';
import type { Metric } from '../contract.js';
import { SoloCrew } from './crew.js';
import { hasRelaxedSimd, instantiateKernels, kernelsModule } from './kernels-module.js';
import { MemoryPool } from './memory-pool.js';
import { WasmEngine } from './wasm-engine.js';

const METRICS: readonly Metric[] = ['euclidean', 'cosine', 'dot'];

function engineOf({ screens, relaxed }: { screens: boolean; relaxed: boolean }): WasmEngine {
  const pool = new MemoryPool(new WebAssembly.Memory({ initial: 1 }));
  const wasm = instantiateKernels(kernelsModule({ relaxed, shared: false }), pool.memory);
  return new WasmEngine({ name: '', pool, crew: new SoloCrew(wasm), screens: () => screens });
}

interface Case {
  readonly codes: Float32Array;
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

const builds = hasRelaxedSimd() ? [false, true] : [false];

describe.each(builds)('screening, relaxed: %s', (relaxed) => {
  const screened = engineOf({ screens: true, relaxed });
  const plain = engineOf({ screens: false, relaxed });

  const idsOf = (engine: WasmEngine, { codes, vectors, dimensions }: Case, metric: Metric) => {
    const codebook = engine.loadCodebook(codes, { count: codes.length / dimensions, dimensions, metric });
    const ids = new Uint32Array(vectors.length / dimensions);
    codebook.nearest(vectors, ids);
    codebook.free();
    return ids;
  };
  const expectSameIds = (given: Case) => {
    for (const metric of METRICS) {
      expect(idsOf(screened, given, metric)).toEqual(idsOf(plain, given, metric));
    }
  };

  it.each([
    { count: 1, dimensions: 1, rows: 1 },
    { count: 9, dimensions: 3, rows: 5 },
    { count: 2000, dimensions: 65, rows: 203 },
    { count: 700, dimensions: 512, rows: 40 },
    { count: 64, dimensions: 4096, rows: 9 },
  ])('gives the same ids for values spread evenly: $count × $dimensions', ({ count, dimensions, rows }) => {
    expectSameIds({
      codes: uniform(count * dimensions, 1),
      vectors: uniform(rows * dimensions, 2),
      dimensions,
    });
  });

  it('gives the same ids where codes lie closer than rounding tells apart', () => {
    const dimensions = 33;
    const centres = uniform(12 * dimensions, 3);
    const noise = uniform(1200 * dimensions, 4);
    for (const spread of [0, 1e-7, 1e-5, 1e-3]) {
      const near = (seed: number, length: number) =>
        Float32Array.from({ length }, (_, at) => {
          const centre = (Math.floor(at / dimensions) * seed) % 12;
          return (
            centres[centre * dimensions + (at % dimensions)] + noise[(at * seed) % noise.length] * spread
          );
        });
      expectSameIds({ codes: near(7, 900 * dimensions), vectors: near(5, 150 * dimensions), dimensions });
    }
  });

  it.each([3, 10, 1e4])('gives the same ids for values around %d', (offset) => {
    const far = (length: number, seed: number) => uniform(length, seed).map((value) => value + offset);
    expectSameIds({ codes: far(600 * 40, 8), vectors: far(90 * 40, 9), dimensions: 40 });
  });

  it('gives ties to the lowest id', () => {
    expectSameIds({ codes: integers(1500 * 4, 2, 5), vectors: integers(300 * 4, 3, 6), dimensions: 4 });
  });

  it('gives the same ids for magnitudes from 1e-38 to 1e15, and zeros', () => {
    const magnitude = fc.constantFrom(0, 1e-38, 1e-30, 1e-20, 1e-12, 1e-3, 1, 1e3, 1e9, 1e15);
    const value = fc.tuple(magnitude, fc.double({ min: -1, max: 1, noNaN: true })).map(([m, v]) => m * v);
    const values = (least: number, most: number) =>
      fc.array(fc.tuple(magnitude, fc.array(value, { minLength: 6, maxLength: 6 })), {
        minLength: least,
        maxLength: most,
      });
    fc.assert(
      fc.property(values(1, 40), values(1, 12), fc.boolean(), (codes, vectors, scaled) => {
        const flat = (rows: [number, number[]][]) =>
          Float32Array.from(rows.flatMap(([by, row]) => row.map((v) => (scaled ? Math.sign(v) * by : v))));
        expectSameIds({ codes: flat(codes), vectors: flat(vectors), dimensions: 6 });
      }),
      { numRuns: 300 },
    );
  });

  it('holds half as much memory again, and gives it back', () => {
    const layout = { count: 800, dimensions: 32, metric: 'dot' } as const;
    const codes = uniform(800 * 32, 7);
    const before = screened.bytesHeld;
    const codebook = screened.loadCodebook(codes, layout);
    expect(screened.bytesHeld - before).toBeLessThan(codes.byteLength * 1.6);
    codebook.free();
    expect(screened.bytesHeld).toBe(before);
  });
});
