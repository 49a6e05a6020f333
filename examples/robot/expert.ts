import type { ActionTrack } from '@polytok/action';
import { type EpisodeStart, TASKS, type Task } from '@polytok/action/replay';
import { ARM_EXPERTS } from './arm-experts.js';
import { BIMANUAL_EXPERTS } from './bimanual-experts.js';
import { type Draw, drawFrom } from './scene.js';

/** What an expert does: from where, and which commands. */
export interface Plan {
  readonly start: EpisodeStart;
  readonly actions: ActionTrack;
}

/** Plans an episode of one task. Scripted: it knows where things are, and looks no more. */
export type Expert = (draw: Draw) => Plan;

const EXPERTS: Readonly<Record<string, Expert>> = { ...ARM_EXPERTS, ...BIMANUAL_EXPERTS };

/** The plan for one of the many ways that a task can begin. @param number of the episode among those of the task, below 1000 */
export function planEpisode(task: Task, number: number): Plan {
  return EXPERTS[task.name](drawFrom(1000 * TASKS.indexOf(task) + number));
}
