import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Results } from '../harness/results.js';
import { table } from '../harness/table.js';
import { RESULTS } from './paths.js';

/** A goal and what was reached. */
export interface Bar {
  readonly goal: string;
  /** With `atLeast`, reached is good from here up; otherwise up to here. */
  readonly bar: number;
  readonly atLeast: boolean;
  readonly reached: number;
  /** Default: `x`. */
  readonly unit?: string;
}

/**
 * One benchmark's Markdown: printed as it comes, and at the end written to `<name>.md` for the README, with its
 * figures in `<name>.json`.
 */
export class Report {
  readonly #name: string;
  readonly #results: Results;
  readonly #text: string[] = [];
  readonly #bars: Bar[] = [];

  constructor(name: string) {
    this.#name = name;
    this.#results = new Results(RESULTS, name);
  }

  say(text: string): void {
    this.#text.push(text);
    console.log(`\n${text}`);
  }

  bar(bar: Bar): void {
    this.#bars.push(bar);
  }

  finish(figures: object): void {
    if (this.#bars.length > 0)
      this.say(table(['goal', 'bar', 'reached', 'reached / bar', ''], this.#bars.map(barRow)));
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(path.join(RESULTS, `${this.#name}.md`), `${this.#text.join('\n\n')}\n`);
    this.#results.write({ ...figures, bars: this.#bars });
  }
}

function barRow({ goal, bar, atLeast, reached, unit = 'x' }: Bar): string[] {
  const met = atLeast ? reached >= bar : reached <= bar;
  const digits = unit === 'x' ? 2 : 1;
  return [
    goal,
    `${atLeast ? '>=' : '<='} ${bar} ${unit}`,
    `${reached.toFixed(digits)} ${unit}`,
    (reached / bar).toFixed(2),
    met ? 'met' : 'MISSED',
  ];
}
