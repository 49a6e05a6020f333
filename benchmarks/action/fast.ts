/**
 * FAST on chunks of two simulated arms, 50 steps of 14 columns: one chunk encoded, one decoded, beside the published
 * processor's algorithm in Python. First, ids and decoded actions of all chunks are compared, with a vocabulary trained
 * here and written for Python, and with one trained in Python and read here. Then the mode `integer`, which has no peer.
 *
 *   pnpm action:fast [--quick]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FastTokenizer, fitFast, readFastProcessor, writeFastProcessor } from '@polytok/action';
import { benchmarkOptions } from '../harness/options.js';
import type { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { table } from '../harness/table.js';
import { bytesPerCall } from './call-times.js';
import { CACHE } from './paths.js';
import { startPython } from './peers.js';
import { robotChunks } from './robot-chunks.js';
import { SIDES_HEAD, sideBySide } from './side-by-side.js';

const STEPS = 50;
const COLUMNS = 14;
const SCALE = 10;
const VOCABULARY = 1024;
/** Largest difference of two decoded actions that counts as equal. */
const TOLERANCE = 1e-9;

interface Processor {
  readonly name: string;
  readonly tokenizer: FastTokenizer;
  /** Where its files are, which the peer reads; undefined where the peer cannot. */
  readonly folder?: string;
}

const { quick, waitSeconds } = benchmarkOptions();
const [calls, runs] = quick ? [1000, 2] : [10_000, 7];
const results = new Results(path.join(CACHE, 'results'), 'fast');
const quiet = new Quiet(waitSeconds);
const chunks = await robotChunks({ robot: 'bimanual_14dof', steps: STEPS, stride: 3 });
const peer = await startPython('fast_processor.py');
await peer?.ask({ do: 'chunks', chunks: chunks.map((chunk) => [...chunk]), steps: STEPS, columns: COLUMNS });
console.log(
  `${chunks.length} chunks of ${STEPS} × ${COLUMNS}; Python: ${peer?.ready.version ?? 'not measured'}\n`,
);

const rows: string[][] = [];
for (const processor of [
  await trainedHere(),
  ...(peer ? [await trainedInPython(peer)] : []),
  await integer(),
]) {
  rows.push(...(await measure(processor)));
}
peer?.stop();
const head = ['vocabulary', 'by', ...SIDES_HEAD, 'tokens', 'bytes / encode', 'bytes / decode'];
console.log(`\n${table(head, rows)}`);
console.log(`\nOthers kept ${quiet.busiest ?? 'an unknown number of'} cores busy at most.`);
results.write({ peer: peer?.ready.version, rows, busiest: quiet.busiest });

async function trainedHere(): Promise<Processor> {
  const tokenizer = await fitFast(chunks, { ...sizes(), mode: 'bytelevel' });
  const folder = path.join(CACHE, 'processor-of-polytok');
  mkdirSync(folder, { recursive: true });
  const files = writeFastProcessor(tokenizer);
  writeFileSync(path.join(folder, 'processor_config.json'), files.processor);
  writeFileSync(path.join(folder, 'tokenizer.json'), files.tokenizer);
  return { name: 'bytelevel, trained here', tokenizer, folder };
}

async function trainedInPython(python: Peer): Promise<Processor> {
  const folder = path.join(CACHE, 'processor-of-python');
  await python.ask({ do: 'train', folder, scale: SCALE, vocabulary_size: VOCABULARY });
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const tokenizer = readFastProcessor({
    processor: read('processor_config.json'),
    tokenizer: read('tokenizer.json'),
  });
  return { name: 'bytelevel, trained in Python', tokenizer, folder };
}

async function integer(): Promise<Processor> {
  return { name: 'integer', tokenizer: await fitFast(chunks, sizes()) };
}

function sizes() {
  return { steps: STEPS, columns: COLUMNS, scale: SCALE, vocabularySize: VOCABULARY };
}

async function measure({ name, tokenizer, folder }: Processor): Promise<string[][]> {
  const ids = chunks.map((chunk) => tokenizer.encodeSync(chunk).ids);
  const kinds = peer && folder ? await peer.ask<string[]>({ do: 'load', folder }) : [];
  for (const kind of kinds) await requireEqual(`${name}, ${kind}`, tokenizer, ids, kind);

  const room = new Uint32Array(tokenizer.maxLength);
  const actions = new Float64Array(STEPS * COLUMNS);
  const encode = (input: number) => void tokenizer.encodeInto(chunks[input], room);
  const decode = (input: number) => tokenizer.decodeInto(ids[input], actions);
  const options = { calls, inputs: chunks.length };
  const sides = await sideBySide({ encode, decode, peer, kinds, runs, quiet, ...options });
  const tokens = ids.reduce((sum, { length }) => sum + length, 0) / ids.length;
  const bytes = [encode, decode].map((call) => bytesPerCall(call, { ...options, calls: 1000 }).toFixed(0));
  return sides.map((cells, at) => [
    name,
    ...cells,
    ...(at === 0 ? [tokens.toFixed(1), ...bytes] : ['', '', '']),
  ]);
}

async function requireEqual(
  name: string,
  tokenizer: FastTokenizer,
  ids: readonly ArrayLike<number>[],
  kind: string,
): Promise<void> {
  const theirs = await peer!.ask<number[][]>({ do: 'encoded', kind });
  const different = ids.findIndex((own, at) => `${Array.from(own)}` !== `${theirs[at]}`);
  if (different !== -1) throw new Error(`${name}: chunk ${different} has other ids; nothing is timed.`);
  const decoded = await peer!.ask<number[][]>({ do: 'decoded', kind });
  const actions = new Float64Array(STEPS * COLUMNS);
  let apart = 0;
  for (const [at, own] of ids.entries()) {
    tokenizer.decodeInto(own, actions);
    for (const [i, value] of decoded[at].entries()) apart = Math.max(apart, Math.abs(value - actions[i]));
  }
  if (!(apart < TOLERANCE)) throw new Error(`${name}: actions are ${apart} apart; nothing is timed.`);
  console.log(`${name}: ids of all ${ids.length} chunks are equal, actions within ${apart.toExponential(1)}`);
}
