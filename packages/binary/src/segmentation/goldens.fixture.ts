/** The segmentation parts of the golden file, for tests. */
import { readFileSync } from 'node:fs';
import { ByteVocabulary } from './byte-vocabulary.js';

interface SegmentationCase {
  text: string;
  least_tokens: string[];
  least_token_prefix_costs: number[];
  longest_prefix: string[];
  longest_suffix: string[];
  longest_token: string[];
}
interface RemovalCase {
  text: string;
  increase: { token: string; start: number; end: number; increase: number }[];
}

const golden = JSON.parse(readFileSync(new URL('../../goldens/binary.json', import.meta.url), 'utf8'));
export const segmentationCases: SegmentationCase[] = golden.segmentation.cases;
export const removalCases: RemovalCase[] = golden.pathpiece_removal;
export const goldenVocabulary = vocabularyOf(...golden.segmentation.vocabulary);

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function vocabularyOf(...tokens: string[]): ByteVocabulary {
  return new ByteVocabulary(tokens.map(bytesOf));
}

/** Tokens as text. */
export function textsOf(ids: Iterable<number>, vocabulary: ByteVocabulary): string[] {
  return Array.from(ids, (id) => new TextDecoder().decode(vocabulary.tokens[id]));
}
