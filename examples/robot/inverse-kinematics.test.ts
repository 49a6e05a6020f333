import { ARM_ROBOT, loadMujoco, Simulation } from '@polytok/action/replay';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { inverseKinematics } from './inverse-kinematics.js';

describe('inverseKinematics', async () => {
  const simulation = new Simulation(await loadMujoco(), ARM_ROBOT);
  afterAll(() => simulation.dispose());
  const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const poses = fc.record({
    x: between(0.25, 0.42),
    y: between(-0.2, 0.2),
    z: between(0.02, 0.25),
    yaw: between(-1, 1),
    tilt: between(0, 0.5),
  });

  it('puts the simulated gripper where it was asked to', () => {
    const environment = Float64Array.from(ARM_ROBOT.environment, (name) => Number(name.endsWith('qw')));
    fc.assert(
      fc.property(poses, (pose) => {
        simulation.reset({ state: [...inverseKinematics(pose), 0], environment });
        const [x, y, z] = simulation.tool();
        expect(Math.hypot(x - pose.x, y - pose.y, z - pose.z)).toBeLessThan(1e-12);
      }),
    );
  });

  it('needs no roll of the forearm to point straight down, and no turn of the wrist ahead', () => {
    const [waist, , , forearmRoll, , wristRoll] = inverseKinematics({
      x: 0.3,
      y: 0,
      z: 0.1,
      yaw: 0,
      tilt: 0,
    });
    expect([waist, forearmRoll, wristRoll]).toEqual([0, 0, 0]);
  });

  it('says when a place is out of reach', () => {
    expect(() => inverseKinematics({ x: 0.8, y: 0, z: 0.1, yaw: 0, tilt: 0 })).toThrow(RangeError);
  });
});
