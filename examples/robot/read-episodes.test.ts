import { createReplay, loadMujoco, ROBOTS } from '@polytok/action/replay';
import { describe, expect, it } from 'vitest';
import { readEpisodes } from './read-episodes.js';
import { recordEpisode } from './record-episode.js';

/** Of each task, in the samples. */
const EPISODES = 2;

describe('the samples in examples/data', async () => {
  const mujoco = await loadMujoco();

  it.each(ROBOTS)('are what the experts of $name do, to the last bit', async (robot) => {
    const stored = await readEpisodes(robot);
    expect(stored).toHaveLength(robot === ROBOTS[0] ? 10 : 8);
    for (const [index, episode] of stored.entries()) {
      const replay = createReplay({ mujoco, task: episode.task });
      const again = recordEpisode(replay, index % EPISODES);
      replay.dispose();
      expect(again.actions.values).toEqual(episode.actions.values);
      expect(again.states).toEqual(episode.states.values);
      expect(again.environments).toEqual(episode.environments.values);
    }
  });

  it('hold all that it takes to replay them', async () => {
    for (const robot of ROBOTS) {
      for (const { task, start, actions } of await readEpisodes(robot)) {
        const replay = createReplay({ mujoco, task });
        const outcome = replay.run(start, actions.values);
        replay.dispose();
        expect(outcome.success, task.name).toBe(true);
      }
    }
  });
});
