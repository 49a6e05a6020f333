/**
 * 1 GB of executables through a stream: speed and peak memory. The ids are compared with those of `encode` on the
 * first 32 MiB.
 *
 *   npx tsx --conditions=@polytok/source binary/stream.ts [--quick] [--wait seconds]
 */
import path from 'node:path';
import { bundle } from '../harness/bundle.js';
import { benchmarkOptions } from '../harness/options.js';
import { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { loadCorpus } from './corpus.mjs';
import { BUNDLES, HERE, RESULTS } from './paths.js';
import type { StreamReply, StreamRequest } from './peers/stream-polytok.js';
import { vocabularyFiles } from './vocabulary.js';

const { quick, waitSeconds } = benchmarkOptions();
const results = new Results(RESULTS, 'stream');
const program = await bundle(path.join(HERE, 'peers', 'stream-polytok.ts'), BUNDLES);
const { tokenizerJson } = await vocabularyFiles(32768);
const peer = await Peer.start({ name: 'stream', command: [process.execPath, program, tokenizerJson] });
try {
  const files = loadCorpus({ roles: ['train', 'heldout-program'] }).map(({ file }) => file);
  const request: StreamRequest = { files, bytes: quick ? 1e8 : 1e9, pieceBytes: 1 << 16, check: false };
  const quiet = new Quiet(waitSeconds);
  await quiet.wait();
  const { seconds, tokens, longestPushSeconds } = await peer.ask<StreamReply>(request);
  const peakMiB = peer.peakMiB();
  const { equal } = await peer.ask<StreamReply>({ ...request, bytes: 32 << 20, check: true });
  const speed = request.bytes / 1e6 / seconds;
  console.log(
    `${request.bytes / 1e6} MB in ${request.pieceBytes} B pieces: ${speed.toFixed(1)} MB/s, ${tokens} tokens, ` +
      `peak ${peakMiB} MiB, longest push ${(longestPushSeconds * 1000).toFixed(1)} ms; ` +
      `first 32 MiB ${equal ? 'equal to encode' : 'DIFFER FROM ENCODE'}; others busy before: ${quiet.busiest} cores`,
  );
  if (!equal) process.exitCode = 1;
  results.write({
    quick,
    request: { ...request, files: files.length },
    busyCores: quiet.busiest,
    speed,
    tokens,
    peakMiB,
    longestPushSeconds,
    equal,
  });
} finally {
  peer.stop();
}
