import { join } from 'node:path';
import { LeRobotDataset } from '@polytok/action/data';
import { openDatasetFolder } from '@polytok/action/node';
import { type ReplayEpisode, type Robot, readReplayEpisodes } from '@polytok/action/replay';

/** The samples that are checked in: a folder for each robot. */
export const SAMPLES = join(import.meta.dirname, '../data/robot-episodes');

/** All episodes of a robot, in order. */
export async function readEpisodes(robot: Robot, folder = SAMPLES): Promise<ReplayEpisode[]> {
  const dataset = await LeRobotDataset.open(openDatasetFolder(join(folder, robot.name)));
  const episodes: ReplayEpisode[] = [];
  for await (const episode of readReplayEpisodes(dataset)) episodes.push(episode);
  return episodes;
}
