import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Peer } from '../harness/peer.js';
import { Quiet } from '../harness/quiet.js';
import { type Spread, spread } from '../harness/statistics.js';
import { SCRATCH } from './paths.js';
import type { EncodeReply, EncodeRequest } from './peers/protocol.js';

/** One peer with one of its methods. */
export interface Contender {
  readonly peer: Peer;
  readonly method: string;
}

/** The same bytes for all contenders; the first is the one whose ids the others must give. */
export interface EncodeCase {
  readonly title: string;
  readonly input: Omit<EncodeRequest, 'method' | 'idsTo'>;
  readonly bytes: number;
  readonly contenders: readonly Contender[];
  /** Timed runs of each. */
  readonly runs: number;
  /** Longest wait for quiet moments, all runs together, in seconds. */
  readonly waitSeconds: number;
}

/** A peer that takes longer than this for one run is timed only {@link SLOW_RUNS} times. */
const SLOW_SECONDS = 5;
const SLOW_RUNS = 2;

export interface EncodeResult {
  readonly peer: string;
  readonly version: string;
  readonly method: string;
  readonly tokens: number;
  readonly idsEqual: boolean;
  /** Where and how the ids differ; then there is no timing. */
  readonly difference?: string;
  /** 10^6 bytes per second. */
  readonly speed?: Spread;
  /** Largest resident size of the peer's process since it started. */
  readonly peakMiB?: number;
}

export interface EncodeFigure {
  readonly title: string;
  readonly bytes: number;
  /** Cores that others kept busy before the least quiet run. */
  readonly busyCores?: number;
  readonly results: EncodeResult[];
}

/**
 * Compares ids, then times those that agree: one run of each in turn, over and over, so that whatever disturbs the
 * machine disturbs all alike.
 */
export async function compareEncoders(test: EncodeCase): Promise<EncodeFigure> {
  mkdirSync(SCRATCH, { recursive: true });
  const { title, input, bytes, contenders, runs } = test;
  console.log(`\n## ${title} (${bytes.toLocaleString('en')} bytes)\n`);
  const checks: Omit<EncodeResult, 'speed'>[] = [];
  let expected: Uint32Array | undefined;
  for (const [k, { peer, method }] of contenders.entries()) {
    const idsTo = path.join(SCRATCH, `ids-${k}`);
    const { tokens } = await peer.ask<EncodeReply>({ ...input, method, idsTo });
    const ids = readIds(idsTo);
    expected ??= ids;
    const difference = firstDifference(expected, ids);
    checks.push({
      ...{ peer: peer.name, version: peer.ready.version, method, tokens },
      ...{ idsEqual: difference === undefined, difference, peakMiB: peer.peakMiB() },
    });
    console.log(
      `${peer.name}, ${method}: ${tokens} ids, ${difference ?? (k === 0 ? 'the reference' : 'ids equal')}`,
    );
  }
  const quiet = new Quiet(test.waitSeconds);
  const seconds = contenders.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    await quiet.wait();
    for (const [k, { peer, method }] of contenders.entries()) {
      const enough = seconds[k].length >= SLOW_RUNS && seconds[k][0] > SLOW_SECONDS;
      if (!checks[k].idsEqual || enough) continue;
      seconds[k].push((await peer.ask<EncodeReply>({ ...input, method })).seconds);
    }
  }
  const results = checks.map((check, k) => ({
    ...check,
    speed: check.idsEqual ? spread(seconds[k].map((s) => bytes / 1e6 / s)) : undefined,
  }));
  return { title, bytes, busyCores: quiet.busiest, results };
}

function readIds(file: string): Uint32Array {
  const bytes = readFileSync(file);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** @returns words about the first place where two id sequences differ; undefined where they are equal */
function firstDifference(expected: Uint32Array, actual: Uint32Array): string | undefined {
  const length = Math.max(expected.length, actual.length);
  for (let k = 0; k < length; k++) {
    if (expected[k] !== actual[k]) return `IDS DIFFER at token ${k}: ${actual[k]}, expected ${expected[k]}`;
  }
  return undefined;
}

/** Rows for `table`: peer, MB/s with spread, and how many times faster the first contender is. */
export function speedRows(results: readonly EncodeResult[]): string[][] {
  const own = results[0].speed!.median;
  return results.map(({ peer, method, speed, peakMiB }) => [
    method === 'encode' ? peer : `${peer}, ${method}`,
    speed ? formatSpeed(speed) : 'ids differ',
    speed ? `${(own / speed.median).toFixed(own / speed.median < 10 ? 2 : 1)} x` : '',
    peakMiB === undefined ? '?' : String(peakMiB),
  ]);
}

export const SPEED_HEAD = ['encoder', 'MB/s (min - max)', 'polytok is', 'peak MiB'];

export function formatSpeed({ median, min, max }: Spread): string {
  const digits = median < 10 ? 2 : 1;
  return `${median.toFixed(digits)} (${min.toFixed(digits)} - ${max.toFixed(digits)})`;
}
