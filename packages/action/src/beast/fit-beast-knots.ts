import { PolytokError, requireInteger } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { searchKnots } from '../spline/knot-search.js';
import { type BeastOptions, type CompleteBeastOptions, completeBeastOptions } from './beast-options.js';

export interface BeastKnotsFit {
  /** For `innerKnots` of a tokenizer, and of the fit of its bounds. */
  readonly innerKnots: readonly number[];
  /** Share of the joints' energy about their means that the curves do not follow, before tokens are rounded. */
  readonly left: number;
  /** The same with equally spaced knots: never less. */
  readonly leftUniform: number;
  readonly chunks: number;
}

/** Below this share of its squares a joint's energy about its means is rounding: it does not move. */
const STILL = 1e-24;

/** The most moments that are held: 128 MB. */
export const MAX_MOMENTS = 1 << 24;

/**
 * Knots where the chunks bend: the same for all of them, so that tokens mean the same in each, and chunks come back
 * without being told. Bounds are fitted afterwards, with these knots. They help where chunks bend at like times: cut from the
 * start of a movement, say. Where they do not, equally spaced ones come out.
 * @param chunks each `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT` for options, no chunk, or a bad one, naming it; `LIMIT_EXCEEDED`
 */
export function fitBeastKnots(chunks: Iterable<ActionChunk>, options: BeastOptions): BeastKnotsFit {
  const fitter = new BeastKnotFitter(options);
  for (const chunk of chunks) fitter.add(chunk);
  return fitter.finish();
}

/** {@link fitBeastKnots} for data that come bit by bit, in constant memory: steps² numbers for each joint. */
export class BeastKnotFitter {
  readonly #options: CompleteBeastOptions;
  readonly #joints: readonly number[];
  /** `(joints, steps, steps)`: sums of products of a joint's samples, less their mean. Upper triangles. */
  readonly #moments: Float64Array;
  /** `(joints)`: sums of squares. */
  readonly #squares: Float64Array;
  readonly #row: Float64Array;
  #chunks = 0;

  /** @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
  constructor({ innerKnots: _, ...options }: BeastOptions) {
    this.#options = completeBeastOptions(options);
    const { steps, columns, degree, grippers } = this.#options;
    requireInteger(degree, 'degree', { minimum: 1 });
    this.#joints = Array.from({ length: columns }, (_, column) => column).filter(
      (column) => !grippers.includes(column),
    );
    const moments = steps * steps * this.#joints.length;
    if (moments > MAX_MOMENTS) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Knots for ${this.#joints.length} joints of ${steps} steps take ${moments} numbers; the limit is ${MAX_MOMENTS}. Use shorter chunks, or fit to some columns.`,
        { details: { moments, limit: MAX_MOMENTS } },
      );
    }
    this.#moments = new Float64Array(moments);
    this.#squares = new Float64Array(this.#joints.length);
    this.#row = new Float64Array(steps);
  }

  /** @param chunk `(steps, columns)` @throws PolytokError `INVALID_ARGUMENT`; the chunk then does not count */
  add(chunk: ActionChunk): void {
    const { steps, columns } = this.#options;
    requireLength(chunk, `chunk ${this.#chunks}`, steps, columns);
    requireFinite(chunk, columns);
    this.#chunks++;
    const row = this.#row;
    for (const [joint, column] of this.#joints.entries()) {
      let mean = 0;
      for (let step = 0; step < steps; step++) {
        const value = chunk[step * columns + column];
        mean += value / steps;
        this.#squares[joint] += value * value;
      }
      for (let step = 0; step < steps; step++) row[step] = chunk[step * columns + column] - mean;
      for (let a = 0; a < steps; a++) {
        const from = (joint * steps + a) * steps;
        for (let b = a; b < steps; b++) this.#moments[from + b] += row[a] * row[b];
      }
    }
  }

  /** The knots for all chunks so far. Takes seconds for hundreds of steps. @throws PolytokError `INVALID_ARGUMENT` when there are none */
  finish(): BeastKnotsFit {
    if (this.#chunks === 0) {
      throw new PolytokError('INVALID_ARGUMENT', 'Knots are fitted to at least one chunk; got none.');
    }
    const { points, degree, ridge } = this.#options;
    const found = searchKnots(this.#pooled(), { points, degree, ridge });
    return { ...found, chunks: this.#chunks };
  }

  /** The moments of all joints, each by its own energy, so that joints of small movements count as much. */
  #pooled(): Float64Array {
    const { steps } = this.#options;
    const pooled = new Float64Array(steps * steps);
    for (let joint = 0; joint < this.#joints.length; joint++) {
      const own = this.#moments.subarray(joint * steps * steps, (joint + 1) * steps * steps);
      let energy = 0;
      for (let step = 0; step < steps; step++) energy += own[step * steps + step];
      if (energy <= STILL * this.#squares[joint]) continue;
      for (let a = 0; a < steps; a++) {
        for (let b = a; b < steps; b++) {
          const value = own[a * steps + b] / energy;
          pooled[a * steps + b] += value;
          if (b !== a) pooled[b * steps + a] += value;
        }
      }
    }
    return pooled;
  }
}
