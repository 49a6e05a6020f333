import { afterAll, describe, expect, it } from 'vitest';
import { ARM_ROBOT, BIMANUAL_ROBOT, loadMujoco, Simulation } from './index.js';
import { restingStart } from './simulation.fixture.js';

const mujoco = await loadMujoco();

describe('the robots', () => {
  it('have 7 and 14 columns, each arm with its gripper last', () => {
    expect(ARM_ROBOT.columns).toEqual([
      'waist',
      'shoulder',
      'elbow',
      'forearm_roll',
      'wrist_pitch',
      'wrist_roll',
      'gripper',
    ]);
    expect(BIMANUAL_ROBOT.columns).toHaveLength(14);
    expect(BIMANUAL_ROBOT.grippers.map((column) => BIMANUAL_ROBOT.columns[column])).toEqual([
      'left_gripper',
      'right_gripper',
    ]);
  });

  it('name every number around them', () => {
    expect(ARM_ROBOT.environment).toHaveLength(2 * 7 + 3);
    expect(BIMANUAL_ROBOT.environment).toHaveLength(3 * 7 + 2 * 3);
    expect(BIMANUAL_ROBOT.environment.slice(-6, -3)).toEqual(['goal0_x', 'goal0_y', 'goal0_z']);
  });
});

describe('Simulation', () => {
  const simulation = new Simulation(mujoco, ARM_ROBOT);
  const start = restingStart(ARM_ROBOT);
  afterAll(() => simulation.dispose());

  it('reads back the state and the environment that it was given', () => {
    simulation.reset({ ...start, environment: restingStart(ARM_ROBOT, [0.1, 0.2, 0.3]).environment });
    const state = new Float64Array(7);
    const around = new Float64Array(17);
    simulation.readState(state);
    simulation.readEnvironment(around);
    expect([...state]).toEqual([0, 0, 0, 0, 0, 0, 0.04]);
    expect([...around]).toEqual([0, 0.6, 0.02, 1, 0, 0, 0, 0.3, 0.6, 0.02, 1, 0, 0, 0, 0.1, 0.2, 0.3]);
  });

  it('has the grasp point where the lengths of the arm put it', () => {
    simulation.reset(start);
    // Upper arm up, the rest ahead: 0.16 + 0.3 high, 0.3 + 0.14 out.
    expect(simulation.tool()[0]).toBeCloseTo(0.44, 12);
    expect(simulation.tool()[2]).toBeCloseTo(0.46, 12);
    simulation.reset({ ...start, state: [Math.PI / 2, 0, 0, 0, 0, 0, 0] });
    expect(simulation.tool()[1]).toBeCloseTo(0.44, 12);
  });

  it('holds still when it is told to', () => {
    simulation.reset(start);
    for (let step = 0; step < 50; step++) simulation.step(start.state);
    expect(simulation.tool()[0]).toBeCloseTo(0.44, 6);
    expect(simulation.object('red')[2]).toBeCloseTo(0.02, 3);
  });

  it('follows its commands with a lag, as servos do', () => {
    simulation.reset(start);
    const target = [0.1, 0, 0, 0, 0, 0, 0.04];
    const state = new Float64Array(7);
    simulation.step(target);
    simulation.readState(state);
    expect(state[0]).toBeGreaterThan(0.001);
    expect(state[0]).toBeLessThan(0.05);
    for (let step = 0; step < 50; step++) simulation.step(target);
    simulation.readState(state);
    expect(state[0]).toBeCloseTo(0.1, 4);
  });

  it('gives the same motion again, to the bit', () => {
    const run = () => {
      simulation.reset(start);
      for (let step = 0; step < 25; step++) simulation.step([0.3, 0.5, 0.2, 0.1, 0.4, -0.2, 0]);
      const state = new Float64Array(7);
      simulation.readState(state);
      return [...state];
    };
    expect(run()).toEqual(run());
  });

  it('refuses starts of another shape, and numbers that are not finite', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => simulation.reset({ ...start, state: [0, 0] })).toThrow(invalid);
    expect(() => simulation.reset({ ...start, environment: new Float64Array(16) })).toThrow(invalid);
    expect(() => simulation.reset({ ...start, state: [0, 0, Number.NaN, 0, 0, 0, 0] })).toThrow(invalid);
  });
});
