import { existsSync, readFileSync } from 'node:fs';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';

/**
 * The vocabulary in a `tokenizer.json`.
 * @throws Error when there is neither a file nor a vocabulary of that name
 */
export async function namedModel(name: string): Promise<BpeModel> {
  if (existsSync(name)) return new BpeModel(parseTokenizerJson(readFileSync(name)));
  throw new Error(`There is no file '${name}'. Pass the path of a tokenizer.json.`);
}
