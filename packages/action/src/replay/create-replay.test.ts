import { afterAll, describe, expect, it } from 'vitest';
import { ARM_ROBOT, createReplay, findTask, loadMujoco, type Simulation } from './index.js';
import { restingStart } from './simulation.fixture.js';

const ROBOT = 'polytok_arm_7dof';
const mujoco = await loadMujoco();

describe('createReplay', () => {
  const replay = createReplay({ mujoco, task: findTask(ROBOT, 'reach') });
  afterAll(() => replay.dispose());
  const stay = (steps: number, state: ArrayLike<number>) =>
    Float64Array.from({ length: steps * 7 }, (_, at) => state[at % 7]);

  it('succeeds where the gripper ends at the goal, and says how far it is', () => {
    const start = restingStart(ARM_ROBOT, [0.44, 0, 0.465]);
    const { success, errors, steps } = replay.run(start, stay(25, start.state));
    expect({ success, steps }).toEqual({ success: true, steps: 25 });
    expect(errors.tool).toBeCloseTo(0.005, 6);
  });

  it('fails where it ends elsewhere', () => {
    const start = restingStart(ARM_ROBOT, [0.44, 0, 0.46]);
    const turned = [0.05, 0, 0, 0, 0, 0, 0.04];
    const { success, errors } = replay.run(start, stay(50, turned));
    expect(success).toBe(false);
    expect(errors.tool).toBeCloseTo(2 * 0.44 * Math.sin(0.025), 4);
  });

  it('shows what there is to observe before each step', () => {
    const start = restingStart(ARM_ROBOT);
    const seen: number[] = [];
    replay.run(start, stay(3, [0.1, 0, 0, 0, 0, 0, 0.04]), (step: number, simulation: Simulation) => {
      const state = new Float64Array(7);
      simulation.readState(state);
      seen.push(step);
      if (step === 0) expect([...state]).toEqual([...Array.from(start.state)]);
    });
    expect(seen).toEqual([0, 1, 2]);
  });

  it.each([
    ['no action', new Float64Array(0)],
    ['half a step', new Float64Array(10)],
    ['an action that is not finite', Float64Array.from({ length: 14 }, (_, at) => (at === 9 ? Infinity : 0))],
  ])('refuses %s', (_, actions) => {
    expect(() => replay.run(restingStart(ARM_ROBOT), actions)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('findTask', () => {
  it('knows a task by its name and by its instruction', () => {
    const task = findTask(ROBOT, 'push');
    expect(findTask(ROBOT, 'Push the red block to the goal without lifting it.')).toBe(task);
  });

  it('lists the tasks of the robot for a name it does not know', () => {
    expect(() => findTask(ROBOT, 'juggle')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        details: {
          robot: ROBOT,
          task: 'juggle',
          available: ['reach', 'pick-and-place', 'push', 'stack', 'circle'],
        },
      }),
    );
  });
});
