import type { Robot } from '@polytok/action/replay';
import { formatCount } from '../../packages/cli/src/quantities.js';
import { type Column, formatTable } from '../../packages/cli/src/table.js';
import { type DemoEpisode, type MeasuredTokenizer, measureActions } from './measure-actions.js';

export interface DemoRobot {
  readonly robot: Robot;
  readonly episodes: readonly DemoEpisode[];
  readonly tokenizers: readonly ({ readonly name: string } & MeasuredTokenizer)[];
}

const COLUMNS: readonly Column[] = [
  { title: 'robot' },
  { title: 'tokenizer' },
  { title: 'chunks', align: 'right' },
  { title: 'tokens/chunk', align: 'right' },
  { title: 'numbers/token', align: 'right' },
  { title: 'max joint mrad', align: 'right' },
  { title: 'mean gripper mm', align: 'right' },
  { title: 'seam mrad', align: 'right' },
  { title: 'µs encode', align: 'right' },
  { title: 'µs decode', align: 'right' },
  { title: 'replay' },
];

/** Encodes episodes, decodes them, and plays them to a simulated robot. @returns the exit code: 1 if a task failed */
export function runActionDemo(robots: readonly DemoRobot[], write: (text: string) => void): number {
  let failures = 0;
  const rows = robots.flatMap(({ robot, episodes, tokenizers }) =>
    tokenizers.map(({ name, ...measured }) => {
      const trip = measureActions(episodes, measured);
      failures += episodes.length - trip.successes;
      return [
        `${robot.columns.length} columns`,
        name,
        formatCount(trip.chunks),
        (trip.tokens / trip.chunks).toFixed(1),
        trip.compression.toFixed(2),
        (trip.jointError * 1000).toFixed(2),
        (trip.gripperError * 1000).toFixed(2),
        (trip.seam * 1000).toFixed(2),
        trip.encodeTime.toFixed(1),
        trip.decodeTime.toFixed(1),
        `${trip.successes} of ${episodes.length}${trip.successes < episodes.length ? ' TASKS FAIL' : ''}`,
      ];
    }),
  );
  write(
    'Actions of simulated robots, to tokens and back, then replayed: does the robot still do its task?\n\n',
  );
  write(formatTable(COLUMNS, rows));
  return failures === 0 ? 0 : 1;
}
