/**
 * How well vocabularies fit executables they have not seen: bytes per token overall and by format and processor,
 * use of the vocabulary, evenness over the fourteen builds of one program.
 *
 *   npx tsx --conditions=@polytok/source binary/quality.ts [--quick] [vocabulary …]
 *
 * A vocabulary is a path of a tokenizer.json, `plain-<size>`, or one that `@polytok/binary/vocabularies` ships.
 * Default: five plain ones and all shipped ones.
 */
import { readFileSync } from 'node:fs';
import { BINARY_VOCABULARIES } from '@polytok/binary/vocabularies';
import type { BpeModel } from '@polytok/common/bpe';
import { gini, summarizeTokens } from '@polytok/common/metrics';
import { benchmarkOptions } from '../harness/options.js';
import { Results } from '../harness/results.js';
import { table } from '../harness/table.js';
import { type CorpusFile, loadCorpus } from './corpus.mjs';
import { namedModel } from './named-model.js';
import { RESULTS } from './paths.js';

const DEFAULT = [4096, 8192, 16384, 32768, 65536]
  .map((size) => `plain-${size}`)
  .concat(Object.keys(BINARY_VOCABULARIES));

interface Tokenized {
  readonly file: CorpusFile;
  readonly ids: ArrayLike<number>;
}

interface Quality {
  readonly name: string;
  /** Ids, special tokens excluded. */
  readonly size: number;
  readonly bytesPerToken: number;
  readonly utilisation: number;
  /** Shannon entropy of the ids over log2 of the size. */
  readonly shannonEfficiency: number;
  /** Of order 2.5, over the whole vocabulary. */
  readonly renyiEfficiency: number;
  readonly unigramBitsPerByte: number;
  /** On one program for riscv64, s390x, loong64 and ppc64, of which plain training has seen no file. */
  readonly rareArchitectures: number;
  /** Gini coefficient of the token counts of one program's fourteen builds, and the largest over the smallest. */
  readonly parity: { readonly gini: number; readonly maxOverMin: number };
  /** Bytes per token, averaged over those builds. */
  readonly buildsMean: number;
  /** Bytes per token by format and processor. */
  readonly byTarget: Readonly<Record<string, number>>;
}

const { quick, rest } = benchmarkOptions();
const names = rest.length > 0 ? rest : quick ? DEFAULT.slice(0, 1) : DEFAULT;
const results = new Results(RESULTS, 'quality');
const heldOut = loadCorpus({ roles: ['heldout-program'] });
const rare = loadCorpus({ roles: ['heldout-arch'] });
const rollup = loadCorpus({ parityGroup: 'rollup' });

const qualities: Quality[] = [];
for (const name of names) qualities.push(measure(name, await namedModel(name)));
print(qualities);
results.write({ qualities });

function measure(name: string, model: BpeModel): Quality {
  const tokenized = encodeAll(model, heldOut);
  const bytes = total(heldOut);
  const size = model.size - model.layout.specials.length;
  const summary = summarizeTokens({
    sequences: tokenized.map(({ ids }) => ids),
    vocabularySize: model.size,
    sourceUnits: bytes,
    sourceBits: 8 * bytes,
  });
  const used = summary.utilisation.used;
  const builds = encodeAll(model, rollup);
  const counts = builds.map(({ ids }) => ids.length);
  return {
    ...{ name, size },
    bytesPerToken: summary.unitsPerToken,
    utilisation: used / size,
    shannonEfficiency: summary.entropyBits / Math.log2(size),
    renyiEfficiency: summary.renyiEfficiency.entropyBits / Math.log2(size),
    unigramBitsPerByte: summary.unigramBitsPerUnit,
    rareArchitectures: bytesPerToken(encodeAll(model, rare)),
    parity: { gini: gini(counts), maxOverMin: Math.max(...counts) / Math.min(...counts) },
    buildsMean: builds.reduce((sum, build) => sum + bytesPerToken([build]), 0) / builds.length,
    byTarget: byTarget(tokenized),
  };
}

/** Bytes per token of each format and processor, by name. */
function byTarget(tokenized: readonly Tokenized[]): Record<string, number> {
  const targetOf = ({ file }: Tokenized) => `${file.format} ${file.arch}`;
  const targets = [...new Set(tokenized.map(targetOf))].sort();
  return Object.fromEntries(
    targets.map((target) => [target, bytesPerToken(tokenized.filter((entry) => targetOf(entry) === target))]),
  );
}

function encodeAll(model: BpeModel, files: readonly CorpusFile[]): Tokenized[] {
  return files.map((file) => ({ file, ids: model.encode(readFileSync(file.file)) }));
}

function bytesPerToken(tokenized: readonly Tokenized[]): number {
  const tokens = tokenized.reduce((sum, { ids }) => sum + ids.length, 0);
  return total(tokenized.map(({ file }) => file)) / tokens;
}

function total(files: readonly CorpusFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function print(all: readonly Quality[]): void {
  const head = [
    'vocabulary',
    'B/token',
    'used',
    'H1/log2 V',
    'Renyi 2.5',
    'bits/B',
    'rare arch.',
    'Gini',
    'max/min',
    'builds mean',
  ];
  const rows = all.map((q) => [
    q.name,
    ...[q.bytesPerToken, q.utilisation, q.shannonEfficiency, q.renyiEfficiency, q.unigramBitsPerByte].map(
      fixed,
    ),
    ...[q.rareArchitectures, q.parity.gini, q.parity.maxOverMin, q.buildsMean].map(fixed),
  ]);
  console.log(`\n## ${heldOut.length} files of programs not trained on\n\n${table(head, rows)}`);
  const targets = Object.keys(all[0].byTarget);
  const perTarget = targets.map((target) => [target, ...all.map(({ byTarget }) => fixed(byTarget[target]))]);
  console.log(
    `\n## Bytes per token by target\n\n${table(['target', ...all.map(({ name }) => name)], perTarget)}`,
  );
}

function fixed(value: number): string {
  return value.toFixed(3);
}
