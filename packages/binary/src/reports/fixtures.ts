import { BpeModel, specialsFirstLayout } from '@polytok/common/bpe';
import { BinaryTokenizer, type BinaryTokenizerOptions } from '../binary-tokenizer.js';

/** For tests: specials `<s>` 0 and `</s>` 1, byte b at id b + 2, and the merges 258 `00 00`, 259 `ab`, 260 `00 00 00 00`. */
export function tinyTokenizer(options: Omit<BinaryTokenizerOptions, 'model'> = {}): BinaryTokenizer {
  const table = { alphabetSize: 256, left: Uint32Array.of(0, 97, 256), right: Uint32Array.of(0, 98, 256) };
  const layout = specialsFirstLayout(table, ['<s>', '</s>']);
  return new BinaryTokenizer({ ...options, model: new BpeModel({ table, layout }) });
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
