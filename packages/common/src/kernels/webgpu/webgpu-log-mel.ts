import type { EngineLogMel } from '../engine.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';
import { unitRoot } from '../log-mel/portable-math.js';
import { MAX_GROUPS } from './gpu-limits.js';
import type { GpuSession } from './gpu-session.js';
import { logMelWgsl, MAX_WORKGROUP_FFT_SIZE } from './log-mel.wgsl.js';

/** A transform on the GPU; none where a frame does not fit workgroup memory. */
export function webGpuLogMel(gpu: GpuSession, layout: LogMelLayout): EngineLogMel | undefined {
  const { fftSize, bands, window, filters } = layout;
  if (fftSize > MAX_WORKGROUP_FFT_SIZE) return undefined;
  const roots = Float32Array.from(
    Array.from({ length: fftSize }, (_, k) => unitRoot(k, fftSize)).flatMap(([cosine, sine]) => [
      cosine,
      sine,
    ]),
  );
  const places = new Uint32Array(3 * bands);
  const weights: number[] = [];
  filters.forEach((filter, band) => {
    places.set([filter.firstBin, weights.length, filter.weights.length], 3 * band);
    weights.push(...filter.weights);
  });
  // A buffer is never empty, though no bin may lie within any filter.
  if (weights.length === 0) weights.push(0);
  const tables = gpu.loadAll([Float32Array.from(window), roots, places, Float32Array.from(weights)]);
  return {
    transform: (signal, out) =>
      gpu.using(tables, async () => {
        const pipeline = await gpu.pipeline(logMelWgsl(layout));
        const frames = out.length / bands;
        await gpu.run((commands) => {
          const levels = commands.scratch(out.byteLength);
          const samples = commands.upload(signal);
          for (let first = 0; first < frames; first += MAX_GROUPS) {
            commands.dispatch({
              pipeline,
              sizes: [first],
              bindings: [samples, ...tables.map(({ buffer }) => buffer), levels],
              groups: [Math.min(MAX_GROUPS, frames - first)],
            });
          }
          commands.readBack(levels, out);
        });
      }),
    free: () => {
      for (const table of tables) table.free();
    },
  };
}
