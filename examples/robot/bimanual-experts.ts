import { BIMANUAL_ROBOT, GRIPPER_OPEN } from '@polytok/action/replay';
import type { Expert, Plan } from './expert.js';
import { type HandPose, Motion } from './motion.js';
import { type Draw, type Scene, startOf } from './scene.js';

/** Heights of the grasp point, in metres. */
const GRASP = 0.022;
const BAR_GRASP = 0.018;
const CLEAR = 0.13;
const BAR_HEIGHT = 0.015;
/** The right arm faces the other way. */
const RIGHT = Math.PI;

const open = { gripper: GRIPPER_OPEN };
const close = { gripper: 0 };

/** Scripted experts of the two arms, by task. */
export const BIMANUAL_EXPERTS: Readonly<Record<string, Expert>> = {
  'reach-both'(draw) {
    const goals = [draw(-0.18, -0.08), draw(0.08, 0.18)].map((x) => [x, draw(-0.18, 0.18), draw(0.08, 0.24)]);
    const targets = goals.map(([x, y, z], arm) => ({
      x,
      y,
      z,
      yaw: arm * RIGHT + draw(-0.6, 0.6),
      tilt: draw(0, 0.4),
    }));
    return episode(draw, { boxes: {}, goals }, (motion) => motion.move(1.3, ...targets).wait(0.5));
  },

  'place-both'(draw) {
    const [red, blue] = [-1, 1].map((side) => ({
      x: side * draw(0.09, 0.18),
      y: draw(-0.17, -0.05),
      turn: draw(-0.5, 0.5),
    }));
    const goals = [-1, 1].map((side) => [side * draw(0.09, 0.18), draw(0.05, 0.17), 0.02]);
    const over = goals.map(([x, y], arm) => ({ x, y, yaw: arm * RIGHT }));
    return episode(draw, { boxes: { red, blue }, goals }, (motion) => {
      const above = [red, blue].map(({ x, y, turn }, arm) => ({
        x,
        y,
        z: CLEAR,
        yaw: arm * RIGHT + turn,
        tilt: 0,
      }));
      motion
        .move(1, ...above)
        .move(0.7, { z: GRASP }, { z: GRASP })
        .move(0.4, close, close)
        .move(0.7, { z: CLEAR }, { z: CLEAR })
        .move(1, ...over)
        .move(0.8, { z: GRASP }, { z: GRASP })
        .wait(0.2)
        .move(0.3, open, open)
        .move(0.7, { z: CLEAR }, { z: CLEAR });
    });
  },

  'carry-bar'(draw) {
    const bar = { x: draw(-0.04, 0.04), y: draw(-0.14, -0.02) };
    const goal = { x: draw(-0.04, 0.04), y: draw(0.04, 0.14) };
    const ends = ({ x, y }: { x: number; y: number }) => [
      { x: x - 0.08, y },
      { x: x + 0.08, y },
    ];
    const grasp = ends(bar).map((end, arm) => ({ ...end, z: CLEAR, yaw: arm * RIGHT, tilt: 0 }));
    return episode(
      draw,
      {
        boxes: { bar },
        goals: [
          [goal.x, goal.y, BAR_HEIGHT],
          [0, 0, 0],
        ],
      },
      (motion) =>
        motion
          .move(1.2, ...grasp)
          .move(0.7, { z: BAR_GRASP }, { z: BAR_GRASP })
          .move(0.4, close, close)
          .move(0.8, { z: CLEAR }, { z: CLEAR })
          .move(1.2, ...ends(goal))
          .move(0.9, { z: BAR_GRASP }, { z: BAR_GRASP })
          .wait(0.2)
          .move(0.3, open, open)
          .move(0.7, { z: CLEAR }, { z: CLEAR }),
    );
  },

  'hand-over'(draw) {
    const bar = { x: draw(-0.12, -0.06), y: draw(-0.14, 0.14) };
    const middle = { x: 0, y: draw(-0.05, 0.05) };
    const goal = { x: draw(0.02, 0.08), y: draw(-0.14, 0.14) };
    return episode(
      draw,
      {
        boxes: { bar },
        goals: [
          [goal.x, goal.y, BAR_HEIGHT],
          [0, 0, 0],
        ],
      },
      (motion) =>
        motion
          .move(1.1, { x: bar.x - 0.06, y: bar.y, z: CLEAR, yaw: 0, tilt: 0 }, { yaw: RIGHT, tilt: 0 })
          .move(0.7, { z: BAR_GRASP })
          .move(0.4, close)
          .move(0.8, { z: CLEAR })
          .move(1, { x: middle.x - 0.06, y: middle.y }, { x: middle.x + 0.2, y: middle.y, z: CLEAR })
          .move(0.9, undefined, { x: middle.x + 0.06 })
          .move(0.4, undefined, close)
          .move(0.3, open)
          .move(0.9, { x: middle.x - 0.24 })
          .move(1, undefined, { x: goal.x + 0.06, y: goal.y })
          .move(0.9, undefined, { z: BAR_GRASP })
          .wait(0.2)
          .move(0.3, undefined, open)
          .move(0.7, undefined, { z: CLEAR }),
    );
  },
};

function episode(draw: Draw, scene: Scene, plan: (motion: Motion) => void): Plan {
  const hands = [-1, 1].map(
    (side, arm): HandPose => ({
      x: side * (0.17 + draw(-0.02, 0.02)),
      y: draw(-0.05, 0.05),
      z: 0.2 + draw(-0.03, 0.03),
      yaw: arm * RIGHT + draw(-0.2, 0.2),
      tilt: draw(0, 0.2),
      gripper: GRIPPER_OPEN,
    }),
  );
  const motion = new Motion(BIMANUAL_ROBOT, hands, draw(0.85, 1.25));
  plan(motion);
  return { start: startOf(BIMANUAL_ROBOT, hands, scene), actions: motion.actions };
}
