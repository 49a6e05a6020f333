import { describe, expect, it } from 'vitest';
import { BeastTokenizer } from '../beast/beast-tokenizer.js';
import { fitBeastBounds } from '../beast/fit-beast-bounds.js';
import { type ChunkJoin, ChunkPlayer, type ChunkPlayerOptions } from './chunk-player.js';

// A joint and a gripper; the joint is a sine that every chunk sees with an error of its own, as a policy would.
const sizes = { steps: 20, columns: 2, points: 10, degree: 3, grippers: [1], duration: 0.95 };
const chunkAt = (first: number, error = 0) =>
  Float64Array.from({ length: 40 }, (_, i) =>
    i % 2 ? Number(first + i / 2 > 24) : Math.sin((first + Math.floor(i / 2)) / 6) + error,
  );
const { bounds } = fitBeastBounds(
  Array.from({ length: 80 }, (_, n) => chunkAt(n, 0.1 * Math.sin(7 * n))),
  { ...sizes, margin: 0.05 },
);
const tokenizer = new BeastTokenizer({ ...sizes, bounds });
const ids = (chunk: Float64Array) => tokenizer.encodeSync(chunk).ids;

/** The joint's commands over two chunks, the second one off by 0.1. */
function play(options: Omit<ChunkPlayerOptions, 'tokenizer'>): { first: number[]; second: number[] } {
  const player = new ChunkPlayer({ tokenizer, ...options });
  const command = new Float64Array(2);
  const take = (count: number) =>
    Array.from({ length: count }, () => {
      player.step(command);
      return command[0];
    });
  player.push(ids(chunkAt(0)));
  const first = take(12);
  const past =
    (options.delay ?? 0) +
    (options.join === 'refit' ? (options.history ?? 4) : options.overlap === false ? 0 : 1);
  player.push(ids(chunkAt(12 - past, 0.1)));
  return { first, second: take(player.remaining) };
}

/** How far the first command of the second chunk is from going on as before. */
function seam({ first, second }: { readonly first: number[]; readonly second: number[] }): number {
  const [before, last] = first.slice(-2);
  return Math.abs(second[0] - last - (last - before));
}

describe('the second chunk', () => {
  it('plays from its second step on, since the first one is the last command', () => {
    const { first, second } = play({ join: 'none' });
    expect([first.length, second.length]).toEqual([12, 19]);
    expect(second[0]).toBeCloseTo(Math.sin(2) + 0.1, 2);
  });

  it('starts exactly at the last command', () => {
    const { first, second } = play({ join: 'position', overlap: false });
    expect(second[0]).toBe(first[11]);
    expect(second).toHaveLength(20);
  });

  it('starts exactly at the last command, with its velocity', () => {
    const { first, second } = play({ join: 'velocity', overlap: false });
    expect(second[0]).toBe(first[11]);
    const joined = tokenizer.curve(ids(chunkAt(12, 0.1)), {
      start: [first[11], 0],
      velocity: [(first[11] - first[10]) * 20, 0],
    });
    expect(joined.velocityAt({ phases: [0] })[0]).toBeCloseTo((first[11] - first[10]) * 20, 10);
    expect(second[1]).toBeCloseTo(joined.at({ phases: [1 / 19] })[0], 12);
  });

  it('jumps less, the more of the past it knows', () => {
    const none = seam(play({ join: 'none' }));
    const position = seam(play({ join: 'position' }));
    const velocity = seam(play({ join: 'velocity' }));
    expect(none).toBeGreaterThan(0.06);
    expect(position).toBeLessThan(none);
    expect(velocity).toBeLessThan(0.02);
  });

  it('bends to what was sent while the policy was thinking', () => {
    const none = seam(play({ join: 'none', delay: 3 }));
    const refit = play({ join: 'refit', delay: 3, history: 4 });
    expect(refit.second).toHaveLength(13);
    expect(seam(refit)).toBeLessThan(none / 2);
    // It ends where its tokens say.
    expect(refit.second[12]).toBeCloseTo(Math.sin(24 / 6) + 0.1, 1);
  });

  it('leaves the gripper to its tokens', () => {
    const player = new ChunkPlayer({ tokenizer, join: 'position', overlap: false });
    player.reset([0, 1]);
    player.push(ids(chunkAt(0)));
    const command = new Float64Array(2);
    player.step(command);
    expect(command[0]).toBe(0);
    // Not the 1 that it had: half a level of its own.
    expect(command[1]).toBeLessThan(0.01);
  });
});

it('says when the chunk is over', () => {
  const player = new ChunkPlayer({ tokenizer, join: 'none' });
  expect(player.remaining).toBe(0);
  expect(() => player.step(new Float64Array(2))).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

it('plays on when tokens are bad', () => {
  const player = new ChunkPlayer({ tokenizer, join: 'position' });
  player.push(ids(chunkAt(0)));
  player.step(new Float64Array(2));
  expect(() => player.push([1, 2, 3])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  expect(player.remaining).toBe(19);
});

it.each([
  { delay: 19 },
  { join: 'refit' as ChunkJoin, delay: 16 },
  { join: 'smooth' as ChunkJoin },
  { delay: -1 },
])('refuses %j', (bad) => {
  expect(() => new ChunkPlayer({ tokenizer, join: 'position', ...bad })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

describe('the seam', () => {
  const seamOf = (join: ChunkJoin, history?: number) => {
    const player = new ChunkPlayer({ tokenizer, join, history });
    player.push(ids(chunkAt(0)));
    expect(player.seam).toBe(0);
    const command = new Float64Array(2);
    for (let step = 0; step < 12; step++) player.step(command);
    player.push(ids(chunkAt(12 - player.past, 0.1)));
    return player.seam;
  };

  it('is how far the chunk is from the last command, where they share a step', () => {
    expect(seamOf('none')).toBeCloseTo(0.1, 2);
    expect(seamOf('position')).toBe(0);
    expect(seamOf('velocity')).toBe(0);
    expect(seamOf('refit')).toBeLessThan(0.01);
  });

  it('shares one step with what was sent, or the history', () => {
    expect(new ChunkPlayer({ tokenizer, join: 'position' }).past).toBe(1);
    expect(new ChunkPlayer({ tokenizer, join: 'refit', history: 5, delay: 2 }).past).toBe(7);
    expect(new ChunkPlayer({ tokenizer, join: 'none', overlap: false }).past).toBe(0);
  });
});
