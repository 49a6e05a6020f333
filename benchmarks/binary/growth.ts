/**
 * Does time per byte grow with the input, or on unusual inputs? The same bytes whole and in pieces; then runs,
 * zeros, random, packed and text bytes against executables.
 *
 *   npx tsx --conditions=@polytok/source binary/growth.ts [--quick] [--wait seconds]
 */

import { benchmarkOptions } from '../harness/options.js';
import { type Peer, startAvailable } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { type Spread, spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { compareEncoders, type EncodeFigure, formatSpeed } from './compare-encoders.js';
import { inputFile, SYNTHETIC } from './inputs.js';
import { RESULTS, SETUP } from './paths.js';
import type { EncodeReply } from './peers/protocol.js';
import { type EncoderName, encoderSpecs } from './peers.js';
import { vocabularyFiles } from './vocabulary.js';

const MiB = 1 << 20;

/** Encoders whose time is linear by design get large inputs, the others what they finish in seconds. */
const LINEAR: EncoderName[] = ['polytok', 'bpe (Rust)'];
const OTHERS: EncoderName[] = ['HF tokenizers (Python)', 'tiktoken (Python)'];

const { quick, waitSeconds } = benchmarkOptions();
const results = new Results(RESULTS, 'growth');
const files = await vocabularyFiles(32768);
const linear = await startAvailable(await encoderSpecs(LINEAR, files), SETUP);
const others = await startAvailable(await encoderSpecs(OTHERS, files), SETUP);
try {
  const large = (quick ? 16 : 100) * MiB;
  const sizes: BySize[] = [];
  for (const peer of linear) sizes.push(await bySize(peer, large, [MiB / 16, MiB, large]));
  for (const peer of others) sizes.push(await bySize(peer, 4 * MiB, [MiB / 16, MiB, 4 * MiB]));
  for (const { peer, bytes, rows, perByte } of sizes) {
    console.log(
      `\n## ${peer}: ${bytes / MiB} MiB of executables in pieces (largest / 1 MiB per byte: ${perByte.toFixed(2)})\n`,
    );
    console.log(
      table(
        ['piece', 'MB/s (min - max)'],
        rows.map(({ piece, speed }) => [`${piece / MiB} MiB`, formatSpeed(speed)]),
      ),
    );
  }
  const kinds: { kind: string; large: EncodeFigure; small: EncodeFigure }[] = [];
  for (const kind of ['corpus-100MB', ...SYNTHETIC]) {
    const file = inputFile(kind);
    const name = kind === 'corpus-100MB' ? 'executables' : kind;
    const compare = (bytes: number, peers: Peer[]) =>
      compareEncoders({
        title: name,
        input: { file, end: bytes, piece: 0 },
        bytes,
        contenders: peers.map((peer) => ({ peer, method: 'encode' })),
        runs: quick ? 1 : 5,
        waitSeconds,
      });
    kinds.push({
      kind: name,
      large: await compare((quick ? 2 : 16) * MiB, linear),
      small: await compare(MiB / (quick ? 16 : 1), [linear[0], ...others]),
    });
  }
  const head = [...linear, ...others].map(({ name }) => name);
  const rows = kinds.map(({ kind, large, small }) => [
    kind,
    ...[...large.results, ...small.results.slice(1)].map(({ speed }) =>
      speed ? formatSpeed(speed) : 'ids differ',
    ),
  ]);
  console.log(`\nMB/s on 16 MiB of each kind (${others.map(({ name }) => name).join(', ')}: 1 MiB)\n`);
  console.log(table(['input', ...head], rows));
  results.write({ quick, sizes, kinds });
} finally {
  for (const peer of [...linear, ...others]) peer.stop();
}

interface BySize {
  readonly peer: string;
  readonly bytes: number;
  /** Time per byte of the largest piece over that of 1 MiB pieces. */
  readonly perByte: number;
  readonly rows: { readonly piece: number; readonly speed: Spread }[];
}

/** Speeds on the same bytes cut into pieces of each size, in turn. */
async function bySize(peer: Peer, bytes: number, pieces: readonly number[]): Promise<BySize> {
  const file = inputFile('corpus-100MB');
  const quiet = new Quiet(waitSeconds);
  const speeds = pieces.map((): number[] => []);
  for (let run = 0; run < (quick ? 1 : 3); run++) {
    await quiet.wait();
    for (const [k, piece] of pieces.entries()) {
      const { seconds } = await peer.ask<EncodeReply>({ method: 'encode', file, end: bytes, piece });
      speeds[k].push(bytes / 1e6 / seconds);
    }
  }
  const rows = pieces.map((piece, k) => ({ piece, speed: spread(speeds[k]) }));
  const perByte = rows[pieces.indexOf(MiB)].speed.median / rows[rows.length - 1].speed.median;
  return { peer: peer.name, bytes, perByte, rows };
}
