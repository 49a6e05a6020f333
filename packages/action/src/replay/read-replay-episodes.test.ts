import { describe, expect, it } from 'vitest';
import { LeRobotDataset, LeRobotWriter, MemoryDataset } from '../data/index.js';
import { ARM_ROBOT, readReplayEpisodes } from './index.js';
import { restingStart } from './simulation.fixture.js';

/** Two episodes of two frames each, the robot and its table at rest. */
async function datasetOf(robotType: string, task: string): Promise<LeRobotDataset> {
  const files = new MemoryDataset();
  const names = ARM_ROBOT.columns;
  const features = {
    action: { names },
    'observation.state': { names },
    'observation.environment_state': { names: ARM_ROBOT.environment },
  };
  const writer = new LeRobotWriter(files, { fps: 50, robotType, features });
  for (const goal of [0.25, 0.5]) {
    const { state, environment } = restingStart(ARM_ROBOT, [goal, 0, 0]);
    const twice = (row: ArrayLike<number>) => Float32Array.from([...Array.from(row), ...Array.from(row)]);
    await writer.addEpisode({
      task,
      values: {
        action: twice(state),
        'observation.state': twice(state),
        'observation.environment_state': twice(environment),
      },
    });
  }
  await writer.finish();
  return LeRobotDataset.open(files);
}

describe('readReplayEpisodes', () => {
  it('gives each episode its task and its start', async () => {
    const dataset = await datasetOf(ARM_ROBOT.name, 'Stack the red block on the blue block.');
    const episodes = [];
    for await (const episode of readReplayEpisodes(dataset)) episodes.push(episode);
    expect(episodes.map(({ index, task, actions }) => [index, task.name, actions.steps])).toEqual([
      [0, 'stack', 2],
      [1, 'stack', 2],
    ]);
    expect(episodes.map(({ start }) => start.environment[14])).toEqual([0.25, 0.5]);
    expect(Array.from(episodes[1].start.state)).toEqual([0, 0, 0, 0, 0, 0, Math.fround(0.04)]);
  });

  it.each([
    ['another robot', 'so100', 'reach'],
    ['another task', ARM_ROBOT.name, 'Juggle.'],
  ])('refuses %s', async (_, robot, task) => {
    const dataset = await datasetOf(robot, task);
    await expect(readReplayEpisodes(dataset).next()).rejects.toThrow(
      expect.objectContaining({ code: 'UNKNOWN_NAME' }),
    );
  });
});
