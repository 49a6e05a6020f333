import { chunksOf } from '@polytok/action';
import type { Replay } from '@polytok/action/replay';
import { ChunkPlayer, type ChunkPlayerOptions } from '../robot/chunk-player.js';
import type { Plan } from '../robot/expert.js';
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

/** Turns every episode into tokens chunk by chunk, and plays what comes back. */
export function measureActions(
  episodes: readonly DemoEpisode[],
  { tokenizer, decode, grippers }: Omit<ChunkPlayerOptions, 'policy'>,
): ActionTrip {
  const { steps, columns } = tokenizer;
  const players: ChunkPlayer[] = [];
  const gripperErrors: number[] = [];
  let jointError = 0;
  let successes = 0;
  for (const { start, actions, replay } of episodes) {
    const policy = chunksOf(actions, { steps, stride: steps - 1, padding: 'repeat-last' });
    const player = new ChunkPlayer({ tokenizer, decode, grippers, policy });
    const decoded = new Float64Array(actions.values.length);
    for (let at = 0; at < decoded.length; at += columns) decoded.set(player.next(), at);
    actions.values.forEach((value: number, at: number) => {
      const error = Math.abs(decoded[at] - value);
      if (grippers.includes(at % columns)) gripperErrors.push(error);
      else jointError = Math.max(jointError, error);
    });
    if (replay.run(start, decoded).success) successes++;
    players.push(player);
  }
  const counts = players.flatMap(({ tokenCounts }) => tokenCounts);
  const tokens = sum(counts);
  return {
    chunks: counts.length,
    tokens,
    compression: (counts.length * steps * columns) / tokens,
    jointError,
    gripperError: sum(gripperErrors) / gripperErrors.length,
    seam: Math.max(...players.flatMap(({ seams }) => seams)),
    successes,
    encodeTime: median(players.flatMap(({ encodeTimes }) => encodeTimes)),
    decodeTime: median(players.flatMap(({ decodeTimes }) => decodeTimes)),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
