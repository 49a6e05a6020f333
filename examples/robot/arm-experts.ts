import { ARM_ROBOT, CIRCLE_RADIUS, GRIPPER_OPEN } from '@polytok/action/replay';
import type { Expert, Plan } from './expert.js';
import { type HandPose, Motion } from './motion.js';
import { type Draw, type Placement, type Scene, startOf } from './scene.js';

/** Heights of the grasp point, in metres: around a box on the table, and clear of everything. */
const GRASP = 0.022;
const CLEAR = 0.13;
const SIDE = 0.04;

/** Scripted experts of the single arm, by task. */
export const ARM_EXPERTS: Readonly<Record<string, Expert>> = {
  reach(draw) {
    const { x, y } = spot(draw);
    const z = draw(0.08, 0.25);
    return episode(draw, { boxes: {}, goals: [[x, y, z]] }, (motion) =>
      motion.move(1.2, { x, y, z, yaw: draw(-0.6, 0.6), tilt: draw(0, 0.5) }).wait(0.5),
    );
  },

  'pick-and-place'(draw) {
    const red = { ...spot(draw), turn: draw(-0.6, 0.6) };
    const goal = apartFrom(draw, [red], 0.1);
    return episode(draw, { boxes: { red }, goals: [[goal.x, goal.y, SIDE / 2]] }, (motion) => {
      pick(motion, red);
      release(motion, goal, GRASP);
    });
  },

  push(draw) {
    const red = { x: draw(0.27, 0.32), y: draw(-0.12, 0.12), turn: 0 };
    const turn = draw(-0.5, 0.5);
    const way = draw(0.08, 0.13);
    const along = (distance: number) => ({
      x: red.x + distance * Math.cos(turn),
      y: red.y + distance * Math.sin(turn),
    });
    const goal = along(way);
    // Two fingertips on a face push straight. Each is 0.02 m across, and so is half of the box.
    const behind = { ...along(-0.06), yaw: turn, tilt: 0, gripper: 0.01 };
    const scene = {
      boxes: { red: { ...red, turn: turn + draw(-0.05, 0.05) } },
      goals: [[goal.x, goal.y, SIDE / 2]],
    };
    return episode(draw, scene, (motion) =>
      motion
        .move(1, { ...behind, z: CLEAR })
        .move(0.7, { z: GRASP })
        .move(1.6, along(way - 0.03))
        .wait(0.3)
        .move(0.8, { ...along(way - 0.08), z: CLEAR }),
    );
  },

  stack(draw) {
    const red = { ...spot(draw), turn: draw(-0.6, 0.6) };
    const blue = { ...apartFrom(draw, [red], 0.12), turn: draw(-0.6, 0.6) };
    return episode(draw, { boxes: { red, blue }, goals: [[0, 0, 0]] }, (motion) => {
      pick(motion, red);
      release(motion, blue, GRASP + SIDE);
    });
  },

  circle(draw) {
    const center = { x: draw(0.33, 0.38), y: draw(-0.06, 0.06), z: draw(0.05, 0.12) };
    const begin = draw(-Math.PI, Math.PI);
    const turns = draw(-1, 1) < 0 ? -1 : 1;
    const yaw = draw(-0.3, 0.3);
    const at = (share: number): HandPose => {
      const angle = begin + turns * 2 * Math.PI * share;
      return {
        ...center,
        x: center.x + CIRCLE_RADIUS * Math.cos(angle),
        y: center.y + CIRCLE_RADIUS * Math.sin(angle),
        yaw,
        tilt: 0.2,
        gripper: 0,
      };
    };
    return episode(draw, { boxes: {}, goals: [[center.x, center.y, center.z]] }, (motion) =>
      motion
        .move(1, at(0))
        .follow(3.5, (share) => [at(share)])
        .wait(0.3),
    );
  },
};

/** Opens over a box, lowers, closes and lifts. */
function pick(motion: Motion, { x, y, turn = 0 }: Placement): void {
  motion
    .move(1, { x, y, z: CLEAR, yaw: turn, tilt: 0, gripper: GRIPPER_OPEN })
    .move(0.7, { z: GRASP })
    .move(0.4, { gripper: 0 })
    .move(0.7, { z: CLEAR });
}

/** Brings what it holds to a place, lowers, opens and leaves. */
function release(motion: Motion, { x, y, turn = 0 }: Placement, z: number): void {
  motion
    .move(1, { x, y, yaw: turn })
    .move(0.8, { z })
    .wait(0.2)
    .move(0.3, { gripper: GRIPPER_OPEN })
    .move(0.7, { z: CLEAR });
}

function episode(draw: Draw, scene: Scene, plan: (motion: Motion) => void): Plan {
  const home: HandPose = {
    x: 0.32 + draw(-0.03, 0.03),
    y: draw(-0.05, 0.05),
    z: 0.22 + draw(-0.03, 0.03),
    yaw: draw(-0.2, 0.2),
    tilt: draw(0, 0.2),
    gripper: GRIPPER_OPEN,
  };
  const motion = new Motion(ARM_ROBOT, [home], draw(0.85, 1.25));
  plan(motion);
  return { start: startOf(ARM_ROBOT, [home], scene), actions: motion.actions };
}

/** A place on the table that the arm reaches from above. */
function spot(draw: Draw): { x: number; y: number } {
  return { x: draw(0.27, 0.4), y: draw(-0.18, 0.18) };
}

function apartFrom(draw: Draw, others: readonly Placement[], least: number): { x: number; y: number } {
  for (;;) {
    const place = spot(draw);
    if (others.every(({ x, y }) => Math.hypot(place.x - x, place.y - y) >= least)) return place;
  }
}
