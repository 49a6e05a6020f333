import { PolytokError, requireChoice, requireInteger } from '@polytok/common';

/**
 * Where published models put action tokens among the ids of their language model.
 * - `tail`: the last ids in order, `vocabulary − size + token` (beast_tokenizer).
 * - `beast-calvin`: reversed, the last id unused, `vocabulary − 2 − token` (beast_calvin).
 * - `openvla`: reversed from the last id, `vocabulary − 1 − token`; the bin of OpenVLA's code is token + 1.
 * - `openpi`: reversed, below 128 ids kept for others, `vocabulary − 129 − token` (PaliGemma).
 */
export type LlmIdConvention = 'tail' | 'beast-calvin' | 'openvla' | 'openpi';

export interface LlmIdOptions {
  readonly convention: LlmIdConvention;
  /** Ids of the language model, such as 32000 for Llama 2. */
  readonly llmVocabularySize: number;
  /** Tokens of the action tokenizer. */
  readonly size: number;
}

/** Id of token 0 counted from the vocabulary's end, for the conventions that count down. */
const REVERSED: Readonly<Record<Exclude<LlmIdConvention, 'tail'>, number>> = {
  'beast-calvin': 2,
  openvla: 1,
  openpi: 129,
};

/** Action tokens as ids of a language model, and back. */
export class LlmIds {
  readonly options: Readonly<LlmIdOptions>;
  /** The id of token 0. */
  readonly #first: number;
  readonly #direction: 1 | -1;

  /** @throws PolytokError `INVALID_ARGUMENT` when the vocabulary has no room for the tokens */
  constructor(options: LlmIdOptions) {
    const { convention, llmVocabularySize, size } = options;
    requireChoice(convention, 'convention', ['tail', 'beast-calvin', 'openvla', 'openpi']);
    requireInteger(size, 'size', { minimum: 1 });
    const least = convention === 'tail' ? size : size + REVERSED[convention] - 1;
    requireInteger(llmVocabularySize, 'llmVocabularySize', { minimum: least });
    this.options = Object.freeze({ convention, llmVocabularySize, size });
    this.#direction = convention === 'tail' ? 1 : -1;
    this.#first = llmVocabularySize - (convention === 'tail' ? size : REVERSED[convention]);
  }

  /** @throws PolytokError `ID_OUT_OF_RANGE` */
  toLlm(tokens: ArrayLike<number>): Uint32Array {
    const { size } = this.options;
    return Uint32Array.from(tokens, (token, at) => {
      if (token >>> 0 === token && token < size) return this.#first + this.#direction * token;
      throw outside(at, token, `action tokens are integers below ${size}`);
    });
  }

  /** @throws PolytokError `ID_OUT_OF_RANGE` for the id of a word, say; `details.position` tells where the actions end */
  fromLlm(ids: ArrayLike<number>): Uint32Array {
    const { size } = this.options;
    const last = this.#first + this.#direction * (size - 1);
    return Uint32Array.from(ids, (id, at) => {
      const token = (id - this.#first) * this.#direction;
      if (token >>> 0 === token && token < size) return token;
      const [low, high] = [Math.min(this.#first, last), Math.max(this.#first, last)];
      throw outside(at, id, `action tokens have ids ${low} to ${high}`);
    });
  }
}

function outside(position: number, id: number, range: string): PolytokError {
  return new PolytokError('ID_OUT_OF_RANGE', `Id ${position} is ${id}; ${range}.`, {
    details: { position, id },
  });
}
