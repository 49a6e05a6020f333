/**
 * Time to have a vocabulary of 65,536 tokens ready in a fresh process, files in the system's cache.
 *
 *   npx tsx --conditions=@polytok/source binary/load.ts [--quick] [--wait seconds]
 */

import { benchmarkOptions } from '../harness/options.js';
import { availablePeers, Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { type Spread, spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { RESULTS, SETUP } from './paths.js';
import { type EncoderName, encoderSpecs } from './peers.js';
import { vocabularyFiles } from './vocabulary.js';

const NAMES: EncoderName[] = [
  'polytok',
  'polytok, merge list',
  'polytok, shipped 64k',
  'HF tokenizers (Python)',
  'HF tokenizers (Node)',
  '@huggingface/tokenizers (JS)',
  'tiktoken (Python)',
  'tiktoken (WASM)',
  'bpe (Rust)',
];

const { quick, waitSeconds } = benchmarkOptions();
const results = new Results(RESULTS, 'load');
const specs = availablePeers(await encoderSpecs(NAMES, await vocabularyFiles(65536)), SETUP);
const quiet = new Quiet(waitSeconds);
const times = specs.map(() => ({ load: [] as number[], start: [] as number[], peak: 0 }));
for (let run = 0; run < (quick ? 2 : 9); run++) {
  await quiet.wait();
  for (const [k, spec] of specs.entries()) {
    const peer = await Peer.start(spec);
    times[k].load.push(peer.ready.loadSeconds * 1000);
    times[k].start.push(peer.startSeconds * 1000);
    times[k].peak = peer.peakMiB() ?? 0;
    peer.stop();
  }
}
const figures = specs.map(({ name }, k) => ({
  name,
  loadMs: spread(times[k].load),
  processMs: spread(times[k].start),
  peakMiB: times[k].peak,
}));
const ms = ({ median, min, max }: Spread) => `${median.toFixed(0)} (${min.toFixed(0)} - ${max.toFixed(0)})`;
const head = ['64K vocabulary', 'ready after, ms', 'with process start, ms', 'peak MiB'];
console.log(`\nothers busy: ${quiet.busiest} cores at most`);
console.log(
  table(
    head,
    figures.map((f) => [f.name, ms(f.loadMs), ms(f.processMs), String(f.peakMiB)]),
  ),
);
results.write({ quick, busyCores: quiet.busiest, figures });
