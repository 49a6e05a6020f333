/**
 * BEAST with the released CALVIN sizes (20 steps of 7 columns, 10 control points, degree 4, the last column a gripper) on
 * chunks of a simulated arm: one chunk encoded, one decoded, beside the published layout in PyTorch and SciPy's splines.
 * First, tokens and decoded actions of all chunks are compared. Then 100,000 chunks on one core.
 *
 *   pnpm action:beast [--quick]
 */
import path from 'node:path';
import { BEAST_PRESETS, BeastTokenizer, fitBeastBounds } from '@polytok/action';
import { benchmarkOptions } from '../harness/options.js';
import type { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { Results } from '../harness/results.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { bytesPerCall } from './call-times.js';
import { CACHE } from './paths.js';
import { startPython } from './peers.js';
import { robotChunks } from './robot-chunks.js';
import { SIDES_HEAD, sideBySide } from './side-by-side.js';

/** Largest difference of two decoded actions that counts as equal. */
const TOLERANCE = { double: 1e-9, single: 1e-5 };
/** How near to the middle of two levels a number is that may be rounded to either, in levels. */
const TIE = { double: 1e-6, single: 0.05 };
const BATCH = 100_000;

const { quick, waitSeconds } = benchmarkOptions();
const [calls, runs] = quick ? [2000, 2] : [20_000, 7];
const results = new Results(path.join(CACHE, 'results'), 'beast');
const quiet = new Quiet(waitSeconds);
const sizes = BEAST_PRESETS.calvin;
const chunks = await robotChunks({ robot: 'arm_7dof', steps: sizes.steps, stride: 3 });
// A margin keeps the ranges of control points that are always the same above 0, which PyTorch would divide by.
const { bounds } = fitBeastBounds(chunks, { ...sizes, margin: 0.01 });
const tokenizer = new BeastTokenizer({ ...sizes, bounds });
const ids = chunks.map((chunk) => tokenizer.encodeSync(chunk).ids);

const peer = await startPython('beast_layout.py');
console.log(`${chunks.length} chunks; Python: ${peer?.ready.version ?? 'not measured'}\n`);
const kinds: string[] = [];
if (peer) {
  const { low, high } = bounds;
  const request = { options: tokenizer.options, low: [...low], high: [...high] };
  const rows = chunks.map((chunk) => [...chunk]);
  kinds.push(...(await peer.ask<string[]>({ do: 'load', ...request, chunks: rows })));
  for (const kind of kinds) await requireEqual(peer, kind);
}

const room = new Uint16Array(tokenizer.maxLength);
const actions = new Float64Array(sizes.steps * sizes.columns);
const encode = (input: number) => void tokenizer.encodeInto(chunks[input], room);
const decode = (input: number) => tokenizer.decodeInto(ids[input], actions);
const options = { calls, inputs: chunks.length };
const rows = await sideBySide({ encode, decode, peer, kinds, runs, quiet, ...options });
peer?.stop();
console.log(`\n${table(['', ...SIDES_HEAD], rows)}\n`);
const bytes = [bytesPerCall(encode, options), bytesPerCall(decode, options)].map((each) => each.toFixed(1));
console.log(`${bytes[0]} bytes allocated per encoded chunk, ${bytes[1]} per decoded one`);
const perMinute = { encode: batchRate(encode), decode: batchRate(decode) };
for (const [way, rate] of Object.entries(perMinute)) {
  console.log(`${way} ${BATCH} chunks, one core: ${(rate / 1e6).toFixed(1)} million a minute`);
}
console.log(`Others kept ${quiet.busiest ?? 'an unknown number of'} cores busy at most.`);
results.write({ peer: peer?.ready.version, rows, bytes, perMinute, busiest: quiet.busiest });

/** Chunks a minute: the median of some runs over the whole batch. */
function batchRate(call: (input: number) => void): number {
  const seconds: number[] = [];
  for (let run = 0; run < (quick ? 1 : 5); run++) {
    const start = performance.now();
    for (let at = 0; at < BATCH; at++) call(at % chunks.length);
    seconds.push((performance.now() - start) / 1000);
  }
  return (60 * BATCH) / spread(seconds).median;
}

interface PeerTokens {
  readonly tokens: readonly (readonly number[])[];
  /** The same before they were rounded. */
  readonly unrounded: readonly (readonly number[])[];
}

/** All tokens are equal, but for those that stand for the middle of two levels, up to rounding. */
async function requireEqual(python: Peer, kind: string): Promise<void> {
  const { tokens: theirs, unrounded } = await python.ask<PeerTokens>({ do: 'encoded', kind });
  const precision = kind.includes('float64') || kind === 'scipy' ? 'double' : 'single';
  let ties = 0;
  for (const [at, own] of ids.entries()) {
    if (theirs[at].length !== own.length) throw new Error(`${kind}: another number of tokens.`);
    for (const [i, id] of theirs[at].entries()) {
      if (id === own[i]) continue;
      ties++;
      const offMiddle = Math.abs(unrounded[at][i] - (id + own[i]) / 2);
      if (Math.abs(id - own[i]) === 1 && offMiddle < TIE[precision]) continue;
      throw new Error(`${kind}: token ${i} of chunk ${at} is ${id}, not ${own[i]}; nothing is timed.`);
    }
  }
  const decoded = await python.ask<number[][]>({ do: 'decoded', kind });
  const own = new Float64Array(sizes.steps * sizes.columns);
  let apart = 0;
  for (const [at, values] of decoded.entries()) {
    tokenizer.decodeInto(theirs[at], own);
    for (const [i, value] of values.entries()) apart = Math.max(apart, Math.abs(value - own[i]));
  }
  if (!(apart < TOLERANCE[precision])) throw new Error(`${kind}: actions are ${apart} apart.`);
  console.log(
    `${kind}: ${ties} of ${ids.length * tokenizer.maxLength} tokens are ties and differ by a level, actions within ${apart.toExponential(1)}`,
  );
}
