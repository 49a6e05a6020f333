import { createReplay, loadMujoco, TASKS } from '@polytok/action/replay';
import { describe, expect, it } from 'vitest';
import { recordEpisode } from './record-episode.js';

describe('recordEpisode', async () => {
  const mujoco = await loadMujoco();

  it.each(TASKS)('records an expert who succeeds: $name', (task) => {
    const replay = createReplay({ mujoco, task });
    const episode = recordEpisode(replay, 500);
    replay.dispose();
    const { columns, environment } = task.robot;
    expect(episode.verdict.success).toBe(true);
    expect(episode.actions.names).toEqual(columns);
    expect(episode.states).toHaveLength(episode.actions.steps * columns.length);
    expect(episode.environments).toHaveLength(episode.actions.steps * environment.length);
    // An episode starts where its first frame says, so that a data set is enough to replay it.
    expect(episode.states.slice(0, columns.length)).toEqual(episode.start.state);
    expect(episode.environments.slice(0, environment.length)).toEqual(episode.start.environment);
  });

  it('records the same again for the same number, and another for another', () => {
    const [first, again, other] = [7, 7, 8].map((number) => {
      const replay = createReplay({ mujoco, task: TASKS[1] });
      const { states } = recordEpisode(replay, number);
      replay.dispose();
      return states;
    });
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });
});
