import { type ActionTrack, createTrack } from '@polytok/action';
import { CONTROL_RATE, type Robot } from '@polytok/action/replay';
import { inverseKinematics, type ToolPose } from './inverse-kinematics.js';

/** Where a hand is, on the table, and how far its fingers are from the middle, in metres. */
export interface HandPose extends ToolPose {
  readonly gripper: number;
}

/** The commands of an episode, written hand over hand: each call moves all hands from where they are. */
export class Motion {
  readonly #robot: Robot;
  readonly #pace: number;
  readonly #rows: number[] = [];
  #hands: readonly HandPose[];

  /** @param pace seconds for each planned second */
  constructor(robot: Robot, hands: readonly HandPose[], pace: number) {
    this.#robot = robot;
    this.#hands = hands;
    this.#pace = pace;
  }

  /**
   * Moves hands in straight lines with minimum jerk; grippers get their command at once, as a scripted expert gives it.
   * @param targets what changes, for each hand; undefined for one that stays
   */
  move(seconds: number, ...targets: readonly (Partial<HandPose> | undefined)[]): this {
    const from = this.#hands;
    const to = from.map((hand, arm) => ({ ...hand, ...targets[arm] }));
    return this.follow(seconds, (share) => from.map((hand, arm) => between(hand, to[arm], share)));
  }

  /** Stays. */
  wait(seconds: number): this {
    return this.move(seconds);
  }

  /** Follows a path of all hands, from share 0 to 1, starting and ending at rest. */
  follow(seconds: number, path: (share: number) => readonly HandPose[]): this {
    const steps = Math.round(seconds * this.#pace * CONTROL_RATE);
    for (let step = 1; step <= steps; step++) {
      const u = step / steps;
      this.#hands = path(u * u * u * (10 + u * (6 * u - 15)));
      this.#rows.push(...jointsOf(this.#robot, this.#hands));
    }
    return this;
  }

  /** In the precision of a data set. */
  get actions(): ActionTrack {
    const { columns: names, units, grippers } = this.#robot;
    return createTrack({ values: Float32Array.from(this.#rows), fps: CONTROL_RATE, names, units, grippers });
  }
}

/** Columns of an action that puts the hands there. */
export function jointsOf({ arms }: Robot, hands: readonly HandPose[]): number[] {
  return arms.flatMap((arm, k) => {
    const { x, y, yaw, gripper, ...rest } = hands[k];
    const cos = Math.cos(arm.yaw);
    const sin = Math.sin(arm.yaw);
    const ahead = cos * (x - arm.x) + sin * (y - arm.y);
    const aside = cos * (y - arm.y) - sin * (x - arm.x);
    return [...inverseKinematics({ ...rest, x: ahead, y: aside, yaw: yaw - arm.yaw }), gripper];
  });
}

function between(from: HandPose, to: HandPose, share: number): HandPose {
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    z: mix(from.z, to.z),
    yaw: mix(from.yaw, to.yaw),
    tilt: mix(from.tilt, to.tilt),
    gripper: to.gripper,
  };
}
