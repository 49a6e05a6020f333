import { PolytokError } from '../../errors.js';
import type { Steps } from '../../steps.js';

/** Keeps a trainer's steps apart, each of which needs the codes of the one before. */
export class StepLock {
  #busy = false;

  /** Runs a step. @throws PolytokError `INVALID_ARGUMENT` while another is under way */
  *run<Result>(step: Steps<Result>): Steps<Result> {
    if (this.#busy) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        'This trainer is within a step, whose codes the next one needs. Await stepOn() before the next step.',
      );
    }
    this.#busy = true;
    try {
      return yield* step;
    } finally {
      this.#busy = false;
    }
  }
}
