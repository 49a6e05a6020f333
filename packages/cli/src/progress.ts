import type { TerminalStream } from './io.js';
import { formatDuration } from './quantities.js';

export interface ProgressOptions {
  /** What is going on: 'encode'. */
  readonly label: string;
  /** Writes an amount: bytes or merges. */
  readonly format: (amount: number) => string;
  readonly stream: TerminalStream;
  /**
   * `live` rewrites one line ten times a second; `rare` prints a line every 15 seconds, for logs; `off` is silent.
   */
  readonly mode: 'live' | 'rare' | 'off';
  /** Milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

const INTERVAL_MS = { live: 100, rare: 15_000, off: Infinity };

/** The rate is that of this stretch of the past, in milliseconds: steady, and yet soon right after skipped work. */
const RATE_WINDOW_MS = 30_000;
const SAMPLE_MS = 500;

/** Where the terminal does not know its own width, or says 0. */
const DEFAULT_COLUMNS = 100;

/** Done, rate and time left of one long operation, on standard error. */
export class Progress {
  readonly #options: Required<ProgressOptions>;
  readonly #samples: { readonly at: number; readonly done: number }[];
  #lastShown: number;
  #lineLength = 0;

  constructor(options: ProgressOptions) {
    this.#options = { now: () => performance.now(), ...options };
    const at = this.#options.now();
    this.#samples = [{ at, done: 0 }];
    this.#lastShown = options.mode === 'live' ? -Infinity : at;
  }

  /** @param total undefined when it is not known @param note says more, such as `3 failed` */
  update(done: number, total: number | undefined, note = ''): void {
    const { mode, stream, now } = this.#options;
    const at = now();
    const rate = this.#rate(at, done);
    if (at - this.#lastShown < INTERVAL_MS[mode]) return;
    this.#lastShown = at;
    const line = this.#describe({ done, total, rate, note });
    if (mode === 'rare') {
      stream.write(`${line}\n`);
    } else {
      const fitting = line.slice(0, (stream.columns || DEFAULT_COLUMNS) - 1);
      stream.write(`\r${fitting.padEnd(this.#lineLength)}`);
      this.#lineLength = fitting.length;
    }
  }

  /** Clears the line, so that what follows starts on a fresh one. */
  end(): void {
    if (this.#lineLength > 0) this.#options.stream.write(`\r${' '.repeat(this.#lineLength)}\r`);
    this.#lineLength = 0;
  }

  #rate(at: number, done: number): number {
    const samples = this.#samples;
    if (at - samples[samples.length - 1].at >= SAMPLE_MS) samples.push({ at, done });
    while (samples.length > 1 && at - samples[0].at > RATE_WINDOW_MS) samples.shift();
    const seconds = (at - samples[0].at) / 1000;
    return seconds > 0 ? (done - samples[0].done) / seconds : 0;
  }

  #describe({
    done,
    total,
    rate,
    note,
  }: {
    done: number;
    total?: number;
    rate: number;
    note: string;
  }): string {
    const { label, format } = this.#options;
    const parts = [total === undefined ? format(done) : `${format(done)} of ${format(total)}`];
    if (total !== undefined && total > 0) parts.push(`${Math.floor((100 * done) / total)}%`);
    if (rate > 0) parts.push(`${format(rate)}/s`);
    if (rate > 0 && total !== undefined) parts.push(`${formatDuration((total - done) / rate)} left`);
    if (note !== '') parts.push(note);
    return `${label}: ${parts.join('  ')}`;
  }
}
