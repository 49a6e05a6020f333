import { fftRadices } from '../log-mel/fft-radices.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';
import { unitRoot } from '../log-mel/portable-math.js';

/** Words of the plan before the tables; see `Plan` in assembly/log-mel.ts. */
const PLAN_WORDS = 8;

/** The plan of assembly/log-mel.ts with its tables behind it. */
export class LogMelTables {
  /** Length in 32-bit words. */
  readonly words: number;
  readonly #tables: readonly Uint32Array[];
  readonly #layout: LogMelLayout;

  constructor(layout: LogMelLayout) {
    const half = layout.fftSize / 2;
    const radices = fftRadices(half) ?? [];
    this.#layout = layout;
    this.#tables = [
      Uint32Array.of(...radices, 0),
      doubleWords(stageTwiddles(half, radices)),
      doubleWords(unpackTwiddles(half)),
      doubleWords(halfWindow(layout.window)),
      filterWords(layout),
    ];
    this.words = this.#tables.reduce((sum, table) => sum + table.length, PLAN_WORDS);
  }

  /** Writes plan and tables to `into`, which lies at `address`. */
  write(into: Uint32Array, address: number): void {
    const { fftSize, bands, floor } = this.#layout;
    const addresses: number[] = [];
    let at = PLAN_WORDS;
    for (const table of this.#tables) {
      addresses.push(address + 4 * at);
      into.set(table, at);
      at += table.length;
    }
    into.set([fftSize / 2, bands, ...addresses, ...new Uint32Array(Float32Array.of(floor).buffer)]);
  }
}

/** Of each stage, for p below the number of transforms: w^p, w^2p, … w^(radix - 1)p, where w turns by one part of its length. */
function stageTwiddles(half: number, radices: readonly number[]): number[] {
  const values: number[] = [];
  let length = half;
  for (const radix of radices) {
    for (let p = 0; p < length / radix; p++) {
      for (let k = 1; k < radix; k++) values.push(...turnedBack(p * k, length));
    }
    length /= radix;
  }
  return values;
}

function unpackTwiddles(half: number): number[] {
  const values: number[] = [];
  for (let k = 0; k <= half / 2; k++) values.push(...turnedBack(k, 2 * half));
  return values;
}

/** exp(-2πi k / n). */
function turnedBack(k: number, n: number): readonly [number, number] {
  const [cosine, sine] = unitRoot(k, n);
  return [cosine, -sine];
}

/** Half the window, filled up with zeros to a multiple of 4. */
function halfWindow(window: Float64Array): number[] {
  const values = Array.from(window, (value) => value / 2);
  while (values.length % 4 !== 0) values.push(0);
  return values;
}

function filterWords({ filters }: LogMelLayout): Uint32Array {
  return Uint32Array.from(
    filters.flatMap(({ firstBin, weights }) => [firstBin, weights.length, ...doubleWords(weights)]),
  );
}

function doubleWords(values: readonly number[]): Uint32Array {
  return new Uint32Array(Float64Array.from(values).buffer);
}
