import type { StableConfig } from './stable-config.js';
import { tokenHop } from './stable-config.js';

/** A stretch of one signal that is encoded by itself. */
export interface Window {
  /** Index of the signal. */
  readonly signal: number;
  /** First sample. */
  readonly start: number;
  /** Samples, at least 1. */
  readonly samples: number;
  /** Tokens before it in its signal. */
  readonly firstToken: number;
  readonly tokens: number;
}

/** `ceil(samples / hop)`: no sample is lost, and no signal has no tokens. */
export function tokenCount(samples: number, config: StableConfig): number {
  return Math.ceil(samples / tokenHop(config));
}

/** Cuts signals into windows that follow each other. */
export function windowsOf(lengths: readonly number[], config: StableConfig): Window[] {
  const { windowSamples } = config;
  return lengths.flatMap((length, signal) =>
    Array.from({ length: Math.ceil(length / windowSamples) }, (_, index): Window => {
      const start = index * windowSamples;
      const samples = Math.min(windowSamples, length - start);
      return {
        signal,
        start,
        samples,
        firstToken: start / tokenHop(config),
        tokens: tokenCount(samples, config),
      };
    }),
  );
}

/** Frames after the convolutions that have a sample of the signal under them: those that attention sees. */
export function visibleFrames({ samples }: Window, { hop }: StableConfig): number {
  return Math.ceil(samples / (2 * hop));
}

/** Windows that can run together: of as many tokens and visible frames, at most `size` at a time. */
export function batchesOf(windows: readonly Window[], config: StableConfig, size: number): Window[][] {
  const groups = new Map<string, Window[]>();
  for (const window of windows) {
    const key = `${window.tokens} ${visibleFrames(window, config)}`;
    const group = groups.get(key);
    if (group) group.push(window);
    else groups.set(key, [window]);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / size) }, (_, at) =>
      group.slice(at * size, (at + 1) * size),
    ),
  );
}
