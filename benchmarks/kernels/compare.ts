import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { type Spread, spread } from '../harness/statistics.js';
import { SCRATCH } from './paths.js';
import type { KernelRequest, RunReply, Task } from './peers/protocol.js';

/** A task given to one peer. */
export interface Contender {
  readonly label: string;
  readonly peer: Peer;
  readonly task: Task;
}

export interface Comparison {
  readonly contenders: readonly Contender[];
  /** Looks at a contender's result before anything is timed. */
  readonly check: (result: ArrayBuffer, label: string) => Verdict;
  /** Timed runs of each. */
  readonly runs: number;
  /** Longest wait for quiet moments, all runs together, in seconds. */
  readonly waitSeconds: number;
}

export interface Verdict {
  readonly right: boolean;
  readonly words: string;
}

export interface Timing {
  readonly label: string;
  readonly version: string;
  readonly verdict: string;
  /** Per call; missing where the result was wrong. */
  readonly seconds?: Spread;
  /** Largest resident size of the peer's process up to the check. */
  readonly peakMiB?: number;
}

/** One timed run has as many calls as take this long. */
const RUN_SECONDS = 0.05;
/** A contender that takes longer for a call needs no call to warm up, and from {@link SLOW_SECONDS} on three runs do. */
const WARM_SECONDS = 0.5;
const SLOW_SECONDS = 5;
const SLOW_RUNS = 3;

/**
 * Checks results, then times those that are right: one run of each in turn, over and over, so that whatever
 * disturbs the machine disturbs all alike.
 */
export async function compare({ contenders, check, runs, waitSeconds }: Comparison): Promise<Timing[]> {
  mkdirSync(SCRATCH, { recursive: true });
  const ask = <Reply>(peer: Peer, request: KernelRequest) => peer.ask<Reply>(request);
  const states = [];
  for (const { label, peer, task } of contenders) {
    await ask(peer, { do: 'prepare', key: label, task });
    const first = await ask<RunReply>(peer, { do: 'run', key: label, calls: 1, warm: false });
    const to = path.join(SCRATCH, 'result');
    await ask(peer, { do: 'result', key: label, to });
    const verdict = check(new Uint8Array(readFileSync(to)).buffer, label);
    console.log(`${label}: ${verdict.words}`);
    // The first call compiles and pages in; the second tells how long one takes.
    const fast = first.seconds < WARM_SECONDS;
    const { seconds } = fast ? await ask<RunReply>(peer, { do: 'run', key: label, calls: 1 }) : first;
    states.push({ label, peer, verdict, first: seconds, seconds: [] as number[], peakMiB: peer.peakMiB() });
  }
  const quiet = new Quiet(waitSeconds);
  for (let run = 0; run < runs; run++) {
    await quiet.wait();
    for (const { label, peer, verdict, first, seconds } of states) {
      if (!verdict.right || (run >= SLOW_RUNS && first > SLOW_SECONDS)) continue;
      const calls = Math.min(20, Math.max(1, Math.round(RUN_SECONDS / first)));
      const request = { do: 'run', key: label, calls, warm: first < WARM_SECONDS } as const;
      seconds.push((await ask<RunReply>(peer, request)).seconds);
    }
  }
  for (const { label, peer } of states) await ask(peer, { do: 'forget', key: label });
  return states.map(({ label, peer, verdict, seconds, peakMiB }) => ({
    ...{ label, version: peer.ready.version, verdict: verdict.words, peakMiB },
    seconds: verdict.right ? spread(seconds) : undefined,
  }));
}

/**
 * How many times longer than `own` a contender takes, by medians; NaN where one was not timed. `min` compares the
 * fastest runs, which a busy machine disturbs least.
 */
export function ratio(
  timings: readonly Timing[],
  label: string,
  own: string,
  by: 'median' | 'min' = 'median',
): number {
  const time = (name: string) => timings.find((timing) => timing.label === name)?.seconds?.[by] ?? Number.NaN;
  return time(label) / time(own);
}

/** `median (min - max)` in milliseconds. */
export function milliseconds({ median, min, max }: Spread): string {
  const digits = median < 0.01 ? 2 : median < 1 ? 1 : 0;
  const [a, b, c] = [median, min, max].map((seconds) => (1000 * seconds).toFixed(digits));
  return `${a} (${b} - ${c})`;
}

/**
 * Rows for `table`: contender, milliseconds with spread, GF/s, and one column per name in `own` with how many
 * times faster that one is.
 */
export function timingRows(timings: readonly Timing[], flops: number, own: readonly string[]): string[][] {
  return timings.map(({ label, verdict, seconds }) =>
    seconds
      ? [
          label,
          milliseconds(seconds),
          (flops / seconds.median / 1e9).toFixed(1),
          ...own.map((name) => (name === label ? '' : `${ratio(timings, label, name).toFixed(2)} x`)),
        ]
      : [label, verdict, ...own.map(() => ''), ''],
  );
}

export function timingHead(own: readonly string[]): string[] {
  return ['', 'ms (min - max)', 'GF/s', ...own.map((name) => `${name} is`)];
}
