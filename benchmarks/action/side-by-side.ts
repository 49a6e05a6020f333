import type { Peer } from '../harness/peer.js';
import type { Quiet } from '../harness/quiet.js';
import { type CallOptions, type CallTimes, callTimes, overall } from './call-times.js';

/** Single calls of somebody's encoder and decoder. */
export interface Sides {
  readonly encode: CallTimes[];
  readonly decode: CallTimes[];
}

export interface SideBySideOptions extends CallOptions {
  /** Ours, by the number of a chunk. */
  readonly encode: (input: number) => void;
  readonly decode: (input: number) => void;
  /** Peers by their kinds, which answer `time_encode` and `time_decode`. */
  readonly peer?: Peer;
  readonly kinds: readonly string[];
  readonly runs: number;
  readonly quiet: Quiet;
}

export const SIDES_HEAD = ['encode', 'decode'].flatMap((way) => [
  `${way}, µs`,
  'p99',
  'p99 / median',
  'ratio',
]);

/** Runs in turn, after one of ours to warm up. @returns names with what {@link SIDES_HEAD} heads, ours first */
export async function sideBySide({
  encode,
  decode,
  peer,
  kinds,
  runs,
  quiet,
  ...options
}: SideBySideOptions): Promise<string[][]> {
  const ours: Sides = { encode: [], decode: [] };
  const theirs = new Map<string, Sides>(kinds.map((kind) => [kind, { encode: [], decode: [] }]));
  callTimes(encode, options);
  callTimes(decode, options);
  for (let run = 0; run < runs; run++) {
    await quiet.wait();
    ours.encode.push(callTimes(encode, options));
    ours.decode.push(callTimes(decode, options));
    if (peer === undefined) continue;
    for (const [kind, sides] of theirs) {
      sides.encode.push(await peer.ask({ do: 'time_encode', kind }));
      sides.decode.push(await peer.ask({ do: 'time_decode', kind }));
    }
  }
  return [['polytok', ours] as const, ...theirs].map(([name, sides]) => [name, ...cells(sides, ours)]);
}

function cells(sides: Sides, ours: Sides): string[] {
  return (['encode', 'decode'] as const).flatMap((way) => {
    const { median, p99 } = overall(sides[way]);
    const ratio = sides === ours ? '1' : (median / overall(ours[way]).median).toFixed(1);
    return [median.toFixed(2), p99.toFixed(2), (p99 / median).toFixed(1), ratio];
  });
}
