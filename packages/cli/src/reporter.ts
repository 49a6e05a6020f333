import type { InputFailure } from '@polytok/common/node';
import { escapeText } from './escape-text.js';
import type { CliIo } from './io.js';
import { writeTo } from './output.js';
import { Progress, type ProgressOptions } from './progress.js';

export interface ReporterOptions {
  /** Results as JSON on standard output. */
  readonly json: boolean;
  /** No progress and no notes. */
  readonly quiet: boolean;
  /** Rewrite a progress line although standard error is no terminal. */
  readonly progress: boolean;
}

/** Everything a command says: results on standard output, the rest on standard error. */
export class Reporter {
  readonly #io: CliIo;
  readonly #options: ReporterOptions;
  #progress: Progress | undefined;

  constructor(io: CliIo, options: ReporterOptions) {
    this.#io = io;
    this.#options = options;
  }

  startProgress({ label, format }: Pick<ProgressOptions, 'label' | 'format'>): Progress {
    const { quiet, progress } = this.#options;
    const stream = this.#io.stderr;
    const mode = quiet ? 'off' : progress || stream.isTTY ? 'live' : 'rare';
    this.#progress = new Progress({ label, format, stream, mode });
    return this.#progress;
  }

  failures(failures: readonly InputFailure[]): void {
    for (const { code, input, message } of failures) this.#say(`${code}: ${input}: ${message}`);
  }

  /** Shown even when quiet. */
  warn(message: string): void {
    this.#say(`warning: ${message}`);
  }

  /** The result in words, unless it is wanted as JSON, or standard output carries data (`streams`). */
  async result(text: string, json: object, { streams = false }: { streams?: boolean } = {}): Promise<void> {
    this.#progress?.end();
    if (this.#options.json) await writeTo(this.#io.stdout, `${JSON.stringify(json)}\n`);
    else if (streams && !this.#options.quiet) this.#io.stderr.write(text);
    else if (!streams && !this.#options.quiet) await writeTo(this.#io.stdout, text);
  }

  #say(line: string): void {
    this.#progress?.end();
    this.#io.stderr.write(`polytok: ${escapeText(line)}\n`);
  }
}
