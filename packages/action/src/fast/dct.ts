/**
 * The orthonormal discrete cosine transform along time, for every column:
 *
 *     X₀ = Σ x/√T,   X_k = √(2/T)·Σ x_t·cos(π(t + 1/2)k/T)
 *
 * and its inverse, its transpose, on WebAssembly: see assembly/cosine-transform.ts.
 */
import { decodeBase64, PolytokError } from '@polytok/common';
import { wasmBase64 } from './cosine-transform.wasm.js';

interface CosineExports {
  configure(
    steps: number,
    columns: number,
    chunk: number,
    coefficients: number,
    cosines: number,
    sums: number,
    differences: number,
    parts: number,
  ): void;
  forward(negligible: number): number;
  round(count: number, scale: number): void;
  inverse(positions: number, values: number, count: number): void;
}

/** Frequencies whose sums are under way at a time. */
const BLOCK = 4;
const PAGE = 1 << 16;

let compiled: WebAssembly.Module | undefined;

/** The transform of chunks of one shape. Its arrays are the transform's own: what is written there is what it works on. */
export class Dct {
  /** `(steps, columns)` */
  readonly chunk: Float64Array;
  /** `(frequencies, columns)` */
  readonly coefficients: Float64Array;
  /** Of up to steps · columns coefficients for {@link inverseOf}. */
  readonly positions: Uint32Array;
  readonly values: Float64Array;
  readonly #wasm: CosineExports;

  /** @throws PolytokError `LIMIT_EXCEEDED` when so large a chunk gets no memory */
  constructor(steps: number, columns: number) {
    const half = Math.ceil(steps / 2);
    const width = half + (half % 2);
    const length = steps * columns;
    const folded = half * 2 * Math.ceil(columns / 2);
    // One more: columns go in pairs. Even lengths keep what follows aligned to pairs.
    const lengths = [
      length + 1,
      length + 1,
      Math.ceil(steps / BLOCK) * BLOCK * width,
      folded,
      folded,
      2 * columns * width,
    ];
    const places = [64];
    for (const each of lengths) places.push(places.at(-1)! + 8 * (each + (each % 2)));
    const [chunk, coefficients, cosines, , , , values] = places;
    const positions = values + 8 * length;
    const memory = allocate(positions + 4 * length);
    const { buffer } = memory;
    this.chunk = new Float64Array(buffer, chunk, length);
    this.coefficients = new Float64Array(buffer, coefficients, length);
    this.values = new Float64Array(buffer, values, length);
    this.positions = new Uint32Array(buffer, positions, length);
    const table = new Float64Array(buffer, cosines, lengths[2]);
    for (let k = 0; k < steps; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / steps);
      for (let t = 0; t < half; t++) {
        // The angle within one turn: cos loses digits of large ones.
        const angle = (Math.PI * (((2 * t + 1) * k) % (4 * steps))) / (2 * steps);
        table[k * width + t] = scale * Math.cos(angle);
      }
    }
    compiled ??= new WebAssembly.Module(decodeBase64(wasmBase64));
    const instance = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#wasm = instance.exports as unknown as CosineExports;
    const [at0, at1, at2, at3, at4, at5] = places;
    this.#wasm.configure(steps, columns, at0, at1, at2, at3, at4, at5);
  }

  /**
   * {@link coefficients} of {@link chunk}.
   * @param negligible where all coefficients from some frequency on are smaller than this, they may be written as 0
   * @returns the frequency from which on all coefficients of all columns were written as 0
   */
  forward(negligible = 0): number {
    return this.#wasm.forward(negligible);
  }

  /** The first `count` coefficients times `scale`, rounded, ties to the even integer. The one behind them may be, too. */
  round(scale: number, count = this.coefficients.length): void {
    this.#wasm.round(count, scale);
  }

  /** {@link chunk} of {@link coefficients}. */
  inverse(): void {
    const { coefficients, positions, values } = this;
    let count = 0;
    for (let at = 0; at < coefficients.length; at++) {
      if (coefficients[at] === 0) continue;
      positions[count] = at;
      values[count++] = coefficients[at];
    }
    this.inverseOf(count);
  }

  /** {@link chunk} of the first `count` {@link values}, which stand at their {@link positions}; all others are 0. */
  inverseOf(count: number): void {
    this.#wasm.inverse(this.positions.byteOffset, this.values.byteOffset, count);
  }
}

function allocate(bytes: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  } catch (cause) {
    throw new PolytokError('LIMIT_EXCEEDED', `A chunk of this shape needs ${bytes} bytes of memory.`, {
      details: { bytes },
      cause,
    });
  }
}
