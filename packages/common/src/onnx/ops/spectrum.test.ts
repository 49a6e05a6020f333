import { describe, expect, it } from 'vitest';
import { createReferenceKernels, type LogMelOptions, logMelFrames } from '../../kernels/index.js';
import { normalValues } from '../../quantizers/seeded-normal.js';
import { gradients } from '../gradients.js';
import { Graph } from '../graph/graph.js';
import { evaluate } from '../reference/evaluate.fixture.js';
import { runGraph } from '../reference/run-graph.fixture.js';
import { tensor } from '../reference/tensor.fixture.js';
import { reduceSum } from './reduce.js';
import { logMel, stftMagnitude } from './spectrum.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('logMel', () => {
  it.each<[string, number, LogMelOptions]>([
    ["Whisper's", 1700, { sampleRate: 16_000 }],
    [
      'plain frames, HTK bands',
      700,
      {
        sampleRate: 8000,
        windowLength: 200,
        fftSize: 240,
        hop: 50,
        bands: 12,
        scale: 'htk',
        framing: 'plain',
      },
    ],
  ])('gives the levels of the kernels: %s', async (_, count, options) => {
    const samples = normalValues(count, 1, 0.1);
    const kernels = createReferenceKernels();
    const prepared = kernels.prepareLogMel(options);
    const frames = logMelFrames(count, prepared);
    const expected = new Float32Array(frames * prepared.bands);
    kernels.logMel(prepared, samples, expected);
    const graph = new Graph();
    const levels = logMel(graph.input('x', [1, 'samples']), options);
    graph.output('levels', levels);
    const run = await runGraph(graph, { x: tensor([1, count], samples) });
    expect(run.levels.shape).toEqual([1, prepared.bands, frames]);
    const worst = Math.max(
      ...run.levels.data.map((level, at) =>
        Math.abs(level - expected[(at % frames) * prepared.bands + Math.floor(at / frames)]),
      ),
    );
    expect(worst).toBeLessThan(1e-4);
  });
});

describe('stftMagnitude', () => {
  it('is half the window’s sum at the bin of a sine', () => {
    const graph = new Graph();
    const options = { windowLength: 16, hop: 16, framing: 'plain' } as const;
    const magnitudes = stftMagnitude(graph.input('x', [1, 16]), options);
    const sine = Array.from({ length: 16 }, (_, i) => Math.sin((2 * Math.PI * 4 * i) / 16));
    const [{ shape, data }] = evaluate(graph, { x: tensor([1, 16], sine) }, [magnitudes]);
    expect(shape).toEqual([1, 9, 1]);
    // Half the sum of the window, 8, at the bin; half of that beside it.
    expect(Array.from(data, (value) => Number(value.toFixed(3)))).toEqual([0, 0, 0, 2, 4, 2, 0, 0, 0]);
  });

  it('has a gradient at silence', () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 32]);
    const options = { windowLength: 16, hop: 8, framing: 'plain' } as const;
    const [slope] = gradients(reduceSum(stftMagnitude(x, options)), [x]);
    const [{ data }] = evaluate(graph, { x: tensor([1, 32], new Float32Array(32)) }, [slope]);
    expect(data.every((value) => value === 0)).toBe(true);
  });

  it('refuses signals that are too short, or not known for a gradient', () => {
    const graph = new Graph();
    expect(() => stftMagnitude(graph.input('short', [1, 8]), { windowLength: 16 })).toThrow(
      refusal('INVALID_ARGUMENT'),
    );
    expect(() => stftMagnitude(graph.input('flat', [800]))).toThrow(refusal('INVALID_ARGUMENT'));
    expect(() => stftMagnitude(graph.input('x', [1, 800]), { windowLength: 22 })).toThrow(
      refusal('UNSUPPORTED'),
    );
    const named = graph.input('named', [1, 'samples']);
    expect(() => gradients(reduceSum(stftMagnitude(named)), [named])).toThrow(refusal('UNSUPPORTED'));
  });
});
