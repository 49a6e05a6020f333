import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeMachine, printMachine } from './machine.js';

/** Writes one benchmark's figures, with machine and time, to `<folder>/<name>.json`. */
export class Results {
  readonly #file: string;
  readonly #machine = describeMachine();

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, `${name}.json`);
    console.log(`\n# ${name}`);
    printMachine(this.#machine);
  }

  write(figures: object): void {
    const text = JSON.stringify(
      { time: new Date().toISOString(), machine: this.#machine, ...figures },
      null,
      1,
    );
    writeFileSync(this.#file, `${text}\n`);
  }
}
