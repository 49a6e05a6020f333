import { PolytokError } from '@polytok/common';
import { ARM_TASKS } from './arm-tasks.js';
import { BIMANUAL_TASKS } from './bimanual-tasks.js';
import type { Task } from './contract.js';

export const TASKS: readonly Task[] = [...ARM_TASKS, ...BIMANUAL_TASKS];

/**
 * The task that a data set calls so.
 * @param robot `robot_type` of the data set
 * @param text name or instruction
 * @throws PolytokError `UNKNOWN_NAME`; `details.available` lists the names for this robot
 */
export function findTask(robot: string, text: string): Task {
  const ofRobot = TASKS.filter((task) => task.robot.name === robot);
  const found = ofRobot.find(({ name, instruction }) => text === name || text === instruction);
  if (found) return found;
  const available = ofRobot.map(({ name }) => name);
  throw new PolytokError(
    'UNKNOWN_NAME',
    `There is no task '${text}' to replay on the robot '${robot}'. Available: ${available.join(', ') || 'none for this robot'}.`,
    { details: { robot, task: text, available } },
  );
}
