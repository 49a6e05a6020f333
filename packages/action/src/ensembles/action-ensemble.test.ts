import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { ActionEnsemble, MAX_ENSEMBLE_VALUES } from './action-ensemble.js';
import { adaptiveRule } from './adaptive-rule.js';
import { meanRule } from './mean-rule.js';
import { temporalRule } from './temporal-rule.js';
import { voteRule } from './vote-rule.js';

const { ensembles } = goldens;

/** Rows of one column, as a chunk. */
const chunk = (...rows: number[]) => Float64Array.from(rows);

function step(ensemble: ActionEnsemble): number[] {
  const action = new Float64Array(ensemble.columns);
  ensemble.step(action);
  return [...action];
}

describe('a chunk with every step', () => {
  it.each([
    ['vote', voteRule({ threshold: ensembles.tau })],
    ['adaptive', adaptiveRule({ sharpness: ensembles.alpha })],
    ['temporal', temporalRule({ decay: ensembles.m })],
    ['mean', meanRule()],
  ] as const)('gives the golden actions: %s', (name, rule) => {
    const ensemble = new ActionEnsemble({ columns: 3, steps: ensembles.K, rule });
    const action = new Float64Array(3);
    ensembles.steps.forEach((golden, at) => {
      ensemble.push(flat(ensembles.chunks[at]));
      expect(ensemble.step(action)).toBe(golden.n);
      expect(largestDifference(action, golden[name])).toBeLessThan(1e-9);
    });
  });
});

describe('ages', () => {
  const mean = (options: { steps: number; window?: number }) =>
    new ActionEnsemble({ columns: 1, rule: meanRule(), ...options });

  it('count steps, not chunks, where inference skips some', () => {
    const ensemble = mean({ steps: 4 });
    ensemble.push(chunk(0, 1, 2, 3));
    expect([step(ensemble), step(ensemble)]).toEqual([[0], [1]]);
    ensemble.push(chunk(12, 13, 14, 15));
    expect([step(ensemble), step(ensemble), step(ensemble)]).toEqual([[7], [8], [14]]);
  });

  it('leave a shorter chunk out once it is over', () => {
    const ensemble = mean({ steps: 3 });
    ensemble.push(chunk(0, 0, 0));
    ensemble.push(chunk(6));
    expect([step(ensemble), step(ensemble)]).toEqual([[3], [0]]);
  });

  it('start a late chunk in its middle, and drop one that comes too late', () => {
    const ensemble = mean({ steps: 3 });
    ensemble.push(chunk(1, 2, 3), { age: 2 });
    ensemble.push(chunk(9, 9, 9), { age: 3 });
    expect(step(ensemble)).toEqual([3]);
    expect(() => step(ensemble)).toThrow('No chunk reaches this step');
  });

  it('order chunks by their observation, not by their arrival', () => {
    const ensemble = new ActionEnsemble({ columns: 1, steps: 3, rule: temporalRule({ decay: 50 }) });
    ensemble.push(chunk(7, 8, 9));
    ensemble.push(chunk(1, 2, 3), { age: 1 });
    expect(step(ensemble)[0]).toBeCloseTo(2, 12);
  });

  it('keep the newest chunks of a full window', () => {
    const ensemble = mean({ steps: 3, window: 2 });
    for (const value of [2, 4, 6]) ensemble.push(chunk(value, value, value));
    ensemble.push(chunk(9, 9, 9), { age: 1 });
    expect(step(ensemble)).toEqual([5]);
  });

  it('do not disturb a window that chunks leave and enter for long', () => {
    const ensemble = mean({ steps: 5, window: 3 });
    for (let now = 0; now < 100; now++) {
      ensemble.push(chunk(now, now + 1, now + 2, now + 3, now + 4));
      expect(step(ensemble)).toEqual([now]);
    }
  });

  it('forget all on reset', () => {
    const ensemble = mean({ steps: 2 });
    ensemble.push(chunk(1, 1));
    ensemble.reset();
    expect(() => step(ensemble)).toThrow('0 are held');
  });
});

describe('groups', () => {
  it('decide about their columns alone', () => {
    // Joints agree, the gripper does not: alone, the old ones outvote the newest.
    const ensemble = new ActionEnsemble({
      columns: 3,
      steps: 1,
      window: 4,
      rule: meanRule(),
      groups: [{ columns: [1], rule: voteRule() }],
    });
    for (const gripper of [1, 1, 1, -1]) ensemble.push(chunk(4, gripper, 8));
    expect(step(ensemble)).toEqual([4, 1, 8]);
  });

  it('may leave no column to the rule of all others', () => {
    const groups = [{ columns: [1, 0], rule: meanRule() }];
    const ensemble = new ActionEnsemble({ columns: 2, steps: 1, rule: voteRule({ threshold: 2 }), groups });
    ensemble.push(chunk(3, 5));
    expect(step(ensemble)).toEqual([3, 5]);
  });
});

describe('bad input', () => {
  const options = { columns: 2, steps: 3, rule: meanRule() };

  it.each([
    [{ columns: 0 }, "'columns' must be an integer"],
    [{ steps: 1.5 }, "'steps' must be an integer"],
    [{ window: 0 }, "'window' must be an integer"],
    [{ groups: [{ columns: [2], rule: meanRule() }] }, "'groups' must be an integer from 0 to 1"],
    [{ groups: [{ columns: [1, 1], rule: meanRule() }] }, "'groups' has column 1 twice"],
    [{ window: MAX_ENSEMBLE_VALUES }, 'an ensemble holds at most'],
  ])('is refused: %j', (wrong, message) => {
    expect(() => new ActionEnsemble({ ...options, ...wrong })).toThrow(message);
  });

  it.each([
    [chunk(), {}, "'chunk' has 0 elements"],
    [chunk(1, 2, 3), {}, "'chunk' has 3 elements"],
    [new Float64Array(8), {}, "'chunk' has 8 elements"],
    [chunk(1, Number.NaN), {}, 'Step 0, column 1 is NaN'],
    [chunk(1, 2), { age: -1 }, "'age' must be an integer"],
  ])('in a chunk changes nothing: %j', (bad, push, message) => {
    const ensemble = new ActionEnsemble(options);
    ensemble.push(chunk(5, 6));
    expect(() => ensemble.push(bad, push)).toThrow(message);
    expect(step(ensemble)).toEqual([5, 6]);
  });

  it('refuses an action of another size', () => {
    const ensemble = new ActionEnsemble(options);
    ensemble.push(chunk(1, 2));
    expect(() => ensemble.step(new Float64Array(3))).toThrow("'action' has 3 elements");
  });
});

describe('any sequence of pushes and steps', () => {
  const events = fc.array(
    fc.record({ length: fc.integer({ min: 0, max: 4 }), age: fc.integer({ min: 0, max: 5 }) }),
    { maxLength: 40 },
  );

  it('gives what chunks say about the present, where each says when it means', () => {
    // The row for step s holds s in every chunk, so that any candidates agree.
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 4 }), (all, window) => {
        const ensemble = new ActionEnsemble({ columns: 1, steps: 4, window, rule: meanRule() });
        let now = 0;
        for (const { length, age } of all) {
          if (length > 0)
            ensemble.push(
              Float64Array.from({ length }, (_, row) => now - age + row),
              { age },
            );
          const action = new Float64Array([Number.NaN]);
          try {
            ensemble.step(action);
          } catch {
            expect(action[0]).toBeNaN();
            continue;
          }
          expect(action[0]).toBe(now++);
        }
      }),
      { numRuns: 100 },
    );
  });
});
