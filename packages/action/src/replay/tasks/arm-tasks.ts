import { ARM_ROBOT } from '../robot.js';
import type { Task } from './contract.js';
import { distance, distanceAlong } from './distances.js';

/** Radius of the circle to draw, in metres. */
export const CIRCLE_RADIUS = 0.08;
/** The circle counts as drawn where the tool came close in each of these equal parts. */
const CIRCLE_PARTS = 36;
const SIDE = 0.04;

/** Tasks of the single arm. Distances that still count as success are in metres. */
export const ARM_TASKS: readonly Task[] = [
  {
    name: 'reach',
    instruction: 'Move the gripper to the goal.',
    robot: ARM_ROBOT,
    judge: (simulation) => ({
      verdict() {
        const tool = distance(simulation.tool(), simulation.goal());
        return { success: tool < 0.01, errors: { tool } };
      },
    }),
  },
  {
    name: 'pick-and-place',
    instruction: 'Pick up the red block and put it on the goal.',
    robot: ARM_ROBOT,
    judge(simulation) {
      let highest = 0;
      return {
        observe() {
          highest = Math.max(highest, simulation.object('red')[2]);
        },
        verdict() {
          const block = distance(simulation.object('red'), simulation.goal());
          return { success: block < 0.02 && highest > SIDE, errors: { block } };
        },
      };
    },
  },
  {
    name: 'push',
    instruction: 'Push the red block to the goal without lifting it.',
    robot: ARM_ROBOT,
    judge(simulation) {
      let highest = 0;
      return {
        observe() {
          highest = Math.max(highest, simulation.object('red')[2]);
        },
        verdict() {
          const block = distanceAlong(simulation.object('red'), simulation.goal());
          return { success: block < 0.02 && highest < 0.75 * SIDE, errors: { block } };
        },
      };
    },
  },
  {
    name: 'stack',
    instruction: 'Stack the red block on the blue block.',
    robot: ARM_ROBOT,
    judge: (simulation) => ({
      verdict() {
        const red = simulation.object('red');
        const blue = simulation.object('blue');
        const aside = distanceAlong(red, blue);
        const height = Math.abs(red[2] - blue[2] - SIDE);
        const released = distance(simulation.tool(), red) > SIDE;
        return { success: released && aside < SIDE / 2 && height < 0.005, errors: { aside, height } };
      },
    }),
  },
  {
    name: 'circle',
    instruction: 'Draw a circle around the goal.',
    robot: ARM_ROBOT,
    judge(simulation) {
      const nearest = new Float64Array(CIRCLE_PARTS).fill(CIRCLE_RADIUS);
      return {
        observe() {
          const tool = simulation.tool();
          const goal = simulation.goal();
          const turn = Math.atan2(tool[1] - goal[1], tool[0] - goal[0]) / (2 * Math.PI) + 0.5;
          const part = Math.min(Math.floor(turn * CIRCLE_PARTS), CIRCLE_PARTS - 1);
          const away = Math.hypot(distanceAlong(tool, goal) - CIRCLE_RADIUS, tool[2] - goal[2]);
          nearest[part] = Math.min(nearest[part], away);
        },
        verdict() {
          const line = Math.max(...nearest);
          return { success: line < 0.01, errors: { line } };
        },
      };
    },
  },
];
