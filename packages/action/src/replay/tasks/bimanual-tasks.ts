import { BIMANUAL_ROBOT } from '../robot.js';
import type { Task } from './contract.js';
import { distance, distanceAlong } from './distances.js';

/** The bar is off the table where its centre is above this, in metres; it lies at 0.015. */
const ALOFT = 0.05;

/** Tasks of the two arms: side by side, hand in hand, one after the other. */
export const BIMANUAL_TASKS: readonly Task[] = [
  {
    name: 'reach-both',
    instruction: 'Move each gripper to its goal.',
    robot: BIMANUAL_ROBOT,
    judge: (simulation) => ({
      verdict() {
        const left = distance(simulation.tool(0), simulation.goal(0));
        const right = distance(simulation.tool(1), simulation.goal(1));
        return { success: left < 0.01 && right < 0.01, errors: { left, right } };
      },
    }),
  },
  {
    name: 'place-both',
    instruction: 'Put the red block on the first goal and the blue block on the second.',
    robot: BIMANUAL_ROBOT,
    judge: (simulation) => ({
      verdict() {
        const red = distance(simulation.object('red'), simulation.goal(0));
        const blue = distance(simulation.object('blue'), simulation.goal(1));
        return { success: red < 0.02 && blue < 0.02, errors: { red, blue } };
      },
    }),
  },
  {
    name: 'carry-bar',
    instruction: 'Lift the bar with both grippers and put it on the goal.',
    robot: BIMANUAL_ROBOT,
    judge(simulation) {
      let lifted = false;
      return {
        observe() {
          lifted ||= simulation.object('bar')[2] > ALOFT;
        },
        verdict() {
          const bar = distance(simulation.object('bar'), simulation.goal());
          return { success: lifted && bar < 0.02, errors: { bar } };
        },
      };
    },
  },
  {
    name: 'hand-over',
    instruction: 'Pick up the bar with the left gripper, hand it to the right one and put it on the goal.',
    robot: BIMANUAL_ROBOT,
    judge(simulation) {
      const heldBy = [false, false];
      return {
        observe() {
          const bar = simulation.object('bar');
          if (bar[2] < ALOFT) return;
          const away = [0, 1].map((arm) => distance(simulation.tool(arm), bar) > 0.11);
          if (away[1]) heldBy[0] = true;
          if (away[0] && heldBy[0]) heldBy[1] = true;
        },
        verdict() {
          const bar = distanceAlong(simulation.object('bar'), simulation.goal());
          const down = simulation.object('bar')[2] < ALOFT / 2;
          return { success: down && heldBy[1] && bar < 0.03, errors: { bar } };
        },
      };
    },
  },
];
