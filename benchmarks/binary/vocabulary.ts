import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  BpeModel,
  formatTokenizerJson,
  type MergeTable,
  parseTokenizerJson,
  trainBpe,
} from '@polytok/common/bpe';
import { loadCorpus } from './corpus.mjs';
import { VOCABULARIES } from './paths.js';

/** Settings of the plain vocabularies: one global run over the train files, no borders but the files' ends. */
export const PLAIN = { vocabularySize: 65536, minCount: 4, maxTokenSymbols: 16 } as const;

/**
 * SHA-256 of the first 32,512 merges as little-endian u32 pairs, from an independent implementation of the same
 * rules. Every figure below a plain vocabulary rests on having exactly these merges.
 */
const EXPECTED_32K = '458bf7932ce97425ea99d5d0d8e517060f5848c8d9887785883009baa1765266';

/** One vocabulary in the forms that peers read. */
export interface VocabularyFiles {
  /** HuggingFace layout, byte b spelled U+00bb; ids are ranks. */
  readonly tokenizerJson: string;
  /** One line per token in rank order: its bytes in base64, a space, its rank. */
  readonly rankList: string;
  /** The merges as little-endian u32 pairs of ranks. */
  readonly merges: string;
}

/** The plain vocabulary of one size, trained once (about 13 s) and kept; smaller ones are prefixes of the largest. */
export async function plainModel(size: number): Promise<BpeModel> {
  const file = path.join(VOCABULARIES, 'plain-65536.json');
  if (!existsSync(file)) await trainPlain(file);
  const { table, layout } = parseTokenizerJson(readFileSync(file));
  const model = new BpeModel({ table, layout });
  return model.size === size ? model : model.truncate(size);
}

async function trainPlain(file: string): Promise<void> {
  console.log('Training the plain 64K vocabulary once …');
  const sequences = loadCorpus({ roles: ['train'] }).map(({ file }) => ({ symbols: readFileSync(file) }));
  const { table } = await trainBpe(sequences, PLAIN);
  const actual = createHash('sha256')
    .update(mergeBytes(table, 32768 - 256))
    .digest('hex');
  if (actual !== EXPECTED_32K)
    throw new Error(`The trained merges have SHA-256 ${actual}, expected ${EXPECTED_32K}.`);
  writeModel(file, new BpeModel({ table }));
}

/** The first merges as little-endian u32 pairs. */
function mergeBytes({ left, right }: MergeTable, merges: number): Uint8Array {
  const pairs = new Uint32Array(2 * merges);
  for (let k = 0; k < merges; k++) pairs.set([left[k], right[k]], 2 * k);
  return new Uint8Array(pairs.buffer);
}

/** Writes the plain vocabulary of one size for the peers, unless it is there. */
export async function vocabularyFiles(size: number): Promise<VocabularyFiles> {
  const tokenizerJson = path.join(VOCABULARIES, `plain-${size}.json`);
  const rankList = path.join(VOCABULARIES, `plain-${size}.tiktoken`);
  const merges = path.join(VOCABULARIES, `plain-${size}.merges`);
  if (![tokenizerJson, rankList, merges].every((file) => existsSync(file))) {
    const model = await plainModel(size);
    writeModel(tokenizerJson, model);
    const lines = Array.from({ length: size }, (_, id) => `${base64(model.token(id))} ${id}\n`);
    writeFileSync(rankList, lines.join(''));
    writeFileSync(merges, mergeBytes(model.table, size - 256));
  }
  return { tokenizerJson, rankList, merges };
}

function writeModel(file: string, model: BpeModel): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, formatTokenizerJson(model, { alphabet: 'latin1' }));
}

function base64(bytes: ArrayLike<number>): string {
  return Buffer.from(Uint8Array.from(bytes)).toString('base64');
}
