/**
 * Training speed and memory: 7.8 MB at 4,096 tokens against peers, 95 MB at 32,768 tokens alone. Every run has a
 * fresh process. Peers count equal pairs differently and cannot take whole files in reasonable time, so their
 * vocabularies differ; how many tokens are shared stands beside the times.
 *
 *   npx tsx --conditions=@polytok/source binary/train.ts [--quick] [--wait seconds]
 */
import { statSync } from 'node:fs';
import { benchmarkOptions } from '../harness/options.js';
import { availablePeers, Peer, type PeerSpec } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { type Spread, spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { loadCorpus } from './corpus.mjs';
import { RESULTS, SETUP } from './paths.js';
import type { TrainReply, TrainRequest } from './peers/train-protocol.js';
import { type TrainerName, trainerSpecs } from './peers.js';

/** One program for three systems, and a smaller one: 7,775,564 bytes. */
const SMALL_SET = [
  '@rollup/rollup-linux-x64-gnu/rollup.linux-x64-gnu.node',
  '@rollup/rollup-win32-x64-msvc/rollup.win32-x64-msvc.node',
  '@rollup/rollup-darwin-arm64/rollup.darwin-arm64.node',
  '7zip-bin/linux/arm/7za',
];
const KiB = 1024;
const RULES = { minCount: 4, maxTokenBytes: 16 };

interface Case {
  readonly trainer: TrainerName;
  readonly piece: number;
  readonly runs: number;
}

interface Figure extends Case {
  readonly seconds: Spread;
  readonly peakMiB: number;
  readonly merges: number;
  /** Tokens that the first case made too. */
  readonly shared: number;
}

const { quick, waitSeconds } = benchmarkOptions();
const results = new Results(RESULTS, 'train');
const specs = availablePeers(await trainerSpecs(['polytok', 'HF BpeTrainer', 'bbpe']), SETUP);
const train = loadCorpus({ roles: ['train'] });
const smallFiles = train.filter(({ path }) => SMALL_SET.includes(path)).map(({ file }) => file);

const small = await compare(quick ? smallFiles.slice(0, 1) : smallFiles, quick ? 1024 : 4096, [
  { trainer: 'polytok', piece: 0, runs: quick ? 1 : 5 },
  { trainer: 'polytok', piece: 8 * KiB, runs: quick ? 1 : 5 },
  { trainer: 'HF BpeTrainer', piece: 8 * KiB, runs: quick ? 1 : 3 },
  { trainer: 'HF BpeTrainer', piece: KiB, runs: quick ? 1 : 3 },
  { trainer: 'bbpe', piece: 8 * KiB, runs: quick ? 1 : 3 },
]);
const large = quick
  ? undefined
  : await compare(
      train.map(({ file }) => file),
      32768,
      [{ trainer: 'polytok', piece: 0, runs: 3 }],
    );
results.write({ quick, small, large });

/** Runs the cases in turn, over and over, and prints them. */
async function compare(files: string[], vocabularySize: number, cases: Case[]) {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const quiet = new Quiet(waitSeconds);
  const available = cases.filter(({ trainer }) => specs.some(({ name }) => name === trainer));
  const samples = available.map((): { reply: TrainReply; peak: number }[] => []);
  for (let run = 0; samples.some((done, k) => done.length < available[k].runs); run++) {
    for (const [k, { trainer, piece, runs }] of available.entries()) {
      if (run >= runs) continue;
      await quiet.wait();
      const spec = specs.find(({ name }) => name === trainer)!;
      samples[k].push(await trainOnce(spec, { files, piece, vocabularySize, ...RULES }));
    }
  }
  const reference = new Set(samples[0][0].reply.tokens);
  const figures = available.map((entry, k): Figure => {
    const { tokens } = samples[k][0].reply;
    return {
      ...entry,
      seconds: spread(samples[k].map(({ reply }) => reply.seconds)),
      peakMiB: spread(samples[k].map(({ peak }) => peak)).median,
      merges: tokens.length,
      shared: tokens.filter((token) => reference.has(token)).length,
    };
  });
  console.log(
    `\n## ${(bytes / 1e6).toFixed(1)} MB, ${vocabularySize} tokens; others busy: ${quiet.busiest} cores at most\n`,
  );
  const own = figures[0].seconds.median;
  const rows = figures.map(({ trainer, piece, seconds, peakMiB, merges, shared }) => [
    `${trainer}, ${piece === 0 ? 'whole files' : `${piece / KiB} KiB pieces`}`,
    `${seconds.median.toFixed(2)} (${seconds.min.toFixed(2)} - ${seconds.max.toFixed(2)})`,
    `${(seconds.median / own).toFixed(1)} x`,
    String(peakMiB),
    `${shared} of ${merges}`,
  ]);
  console.log(table(['trainer', 'seconds (min - max)', 'polytok is', 'peak MiB', 'same tokens'], rows));
  return { bytes, vocabularySize, busyCores: quiet.busiest, figures };
}

async function trainOnce(
  spec: PeerSpec,
  request: TrainRequest,
): Promise<{ reply: TrainReply; peak: number }> {
  const peer = await Peer.start(spec);
  try {
    const reply = await peer.ask<TrainReply>(request);
    return { reply, peak: peer.peakMiB() ?? 0 };
  } finally {
    peer.stop();
  }
}
