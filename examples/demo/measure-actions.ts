import { type BeastTokenizer, type ChunkJoin, ChunkPlayer, chunksOf } from '@polytok/action';
import type { Replay } from '@polytok/action/replay';
import type { Plan } from '../robot/expert.js';
import { LoopLog } from '../robot/loop-log.js';
import { median } from '../robot/median.js';

/** An episode, and the simulator for its task. */
export interface DemoEpisode extends Plan {
  readonly replay: Replay;
}

/** What became of episodes on their way to tokens and back. */
export interface ActionTrip {
  readonly chunks: number;
  readonly tokens: number;
  /** Numbers that the chunks have, for each token. */
  readonly compression: number;
  /** Largest error of a joint, in radians. */
  readonly jointError: number;
  /** Mean error of the grippers, in metres. */
  readonly gripperError: number;
  /** Largest jump of a joint between chunks, in radians. */
  readonly seam: number;
  /** Episodes whose task the decoded actions still do. */
  readonly successes: number;
  /** Microseconds per chunk, medians. */
  readonly encodeTime: number;
  readonly decodeTime: number;
}

export interface MeasuredTokenizer {
  readonly tokenizer: BeastTokenizer;
  readonly join: ChunkJoin;
}

/** Turns every episode into tokens chunk by chunk, and plays what comes back. */
export function measureActions(
  episodes: readonly DemoEpisode[],
  { tokenizer, join }: MeasuredTokenizer,
): ActionTrip {
  const { steps, columns, options } = tokenizer;
  const ids = new Uint16Array(tokenizer.maxLength);
  const logs: LoopLog[] = [];
  const gripperErrors: number[] = [];
  let tokens = 0;
  let jointError = 0;
  let successes = 0;
  for (const { start, actions, replay } of episodes) {
    const player = new ChunkPlayer({ tokenizer, join });
    const policy = chunksOf(actions, { steps, stride: steps - player.past, padding: 'repeat-last' });
    const log = new LoopLog(actions);
    const decoded = new Float64Array(actions.values.length);
    for (let at = 0; at < decoded.length; at += columns) {
      if (player.remaining === 0) {
        const chunk = policy.next().value!;
        tokens += log.time('encode', () => tokenizer.encodeInto(chunk, ids));
        log.time('decode', () => player.push(ids));
        log.seams.push(player.seam);
      }
      player.step(decoded.subarray(at, at + columns));
    }
    actions.values.forEach((value: number, at: number) => {
      const error = Math.abs(decoded[at] - value);
      if (options.grippers.includes(at % columns)) gripperErrors.push(error);
      else jointError = Math.max(jointError, error);
    });
    if (replay.run(start, decoded).success) successes++;
    logs.push(log);
  }
  const encodeTimes = logs.flatMap((log) => log.encodeTimes);
  return {
    chunks: encodeTimes.length,
    tokens,
    compression: (encodeTimes.length * steps * columns) / tokens,
    jointError,
    gripperError: gripperErrors.reduce((sum, error) => sum + error, 0) / gripperErrors.length,
    seam: Math.max(...logs.flatMap(({ seams }) => seams)),
    successes,
    encodeTime: median(encodeTimes),
    decodeTime: median(logs.flatMap(({ decodeTimes }) => decodeTimes)),
  };
}
