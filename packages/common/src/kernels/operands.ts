import { PolytokError } from '../errors.js';
import type { Operand } from './contract.js';

/** Operands of one kind with what one backend holds for each; entries leave when they are disposed of. */
export class Operands<Public extends Operand, Held> {
  readonly #held = new WeakMap<Operand, Held>();
  readonly #kind: string;

  /** @param kind what error messages call an operand */
  constructor(kind: string) {
    this.#kind = kind;
  }

  /** The operand with these properties; disposing of it calls `free` once. */
  add(properties: Omit<Public, 'dispose'>, held: Held, free: () => void): Public {
    const operand = {
      ...properties,
      dispose: () => {
        if (this.#held.delete(operand)) free();
      },
    } as Public;
    this.#held.set(operand, held);
    return operand;
  }

  /** @throws PolytokError `INVALID_ARGUMENT` if it is disposed of, or another backend's */
  get(operand: Public): Held {
    const held = this.#held.get(operand);
    if (held !== undefined) return held;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `This ${this.#kind} is disposed of, or was prepared by other kernels. Prepare it with the kernels that are to use it.`,
      { details: { operand: this.#kind } },
    );
  }
}
