/**
 * One chunk of two simulated arms, 50 steps of 14 columns, by every tokenizer: tokens, microseconds, bytes on the heap, and
 * what is lost. Without a peer: nobody else has these in one place.
 *
 *   pnpm action:others [--quick]
 */
import path from 'node:path';
import {
  type ActionTokenizer,
  BeastTokenizer,
  BinTokenizer,
  fitActionBpe,
  fitBeastBounds,
  fitFast,
} from '@polytok/action';
import { fitChunkFsq, fitResidualVq } from '@polytok/action/learned';
import { benchmarkOptions } from '../harness/options.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { table } from '../harness/table.js';
import { bytesPerCall, type CallTimes, callTimes, overall } from './call-times.js';
import { CACHE } from './paths.js';
import { robotChunks } from './robot-chunks.js';

const sizes = { steps: 50, columns: 14 };

const { quick, waitSeconds } = benchmarkOptions();
const [calls, runs] = quick ? [1000, 2] : [10_000, 7];
const results = new Results(path.join(CACHE, 'results'), 'others');
const quiet = new Quiet(waitSeconds);
const chunks = await robotChunks({ robot: 'bimanual_14dof', steps: sizes.steps, stride: 3 });
console.log(`${chunks.length} chunks of ${sizes.steps} × ${sizes.columns}\n`);

const bins = new BinTokenizer({ ...sizes, variant: 'centered' });
const spline = { ...sizes, points: 10, grippers: [6, 13] };
const beast = new BeastTokenizer({ ...spline, bounds: fitBeastBounds(chunks, spline).bounds });
const tokenizers: Readonly<Record<string, ActionTokenizer>> = {
  bins,
  'bins, merged': await fitActionBpe(chunks, { inner: bins, vocabularySize: 1024 }),
  'BEAST, 10 points': beast,
  'BEAST, merged': await fitActionBpe(chunks, { inner: beast, vocabularySize: 1024 }),
  'FAST, integer': await fitFast(chunks, { ...sizes }),
  'FAST, bytelevel': await fitFast(chunks, { ...sizes, mode: 'bytelevel' }),
  'residual VQ, 2 × 16': await fitResidualVq(chunks, sizes),
  'residual VQ, 4 × 64': await fitResidualVq(chunks, { ...sizes, codes: 64, stages: 4 }),
  'chunk FSQ': await fitChunkFsq(chunks, sizes),
};

const rows: string[][] = [];
for (const [name, tokenizer] of Object.entries(tokenizers)) rows.push(await measure(name, tokenizer));
const head = [
  '',
  'tokens',
  'RMS error',
  ...['encode', 'decode'].flatMap((way) => [`${way}, µs`, 'p99', 'bytes']),
];
console.log(table(head, rows));
console.log(`\nOthers kept ${quiet.busiest ?? 'an unknown number of'} cores busy at most.`);
results.write({ rows, busiest: quiet.busiest });

async function measure(name: string, tokenizer: ActionTokenizer): Promise<string[]> {
  const ids = chunks.map((chunk) => tokenizer.encodeSync(chunk).ids);
  const room = new Uint32Array(tokenizer.maxLength);
  const actions = new Float64Array(sizes.steps * sizes.columns);
  let squares = 0;
  for (const [at, chunk] of chunks.entries()) {
    tokenizer.decodeInto(ids[at], actions);
    for (let i = 0; i < chunk.length; i++) squares += (chunk[i] - actions[i]) ** 2;
  }
  const ways = [
    (input: number) => void tokenizer.encodeInto(chunks[input], room),
    (input: number) => tokenizer.decodeInto(ids[input], actions),
  ];
  const options = { calls, inputs: chunks.length };
  const times: CallTimes[][] = [[], []];
  for (let run = -1; run < runs; run++) {
    if (run >= 0) await quiet.wait();
    for (const [way, call] of ways.entries()) {
      const measured = callTimes(call, options);
      if (run >= 0) times[way].push(measured); // before that was warming up
    }
  }
  const figures = ways.flatMap((call, way) => {
    const { median, p99 } = overall(times[way]);
    const bytes = bytesPerCall(call, { ...options, calls: 1000 });
    return [median.toFixed(1), p99.toFixed(1), bytes.toFixed(0)];
  });
  const tokens = ids.reduce((sum, { length }) => sum + length, 0) / ids.length;
  const error = Math.sqrt(squares / (chunks.length * sizes.steps * sizes.columns));
  return [name, tokens.toFixed(1), error.toFixed(4), ...figures];
}
