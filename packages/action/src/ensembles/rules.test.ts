import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens, largestDifference } from '../goldens.fixture.js';
import { adaptiveRule } from './adaptive-rule.js';
import type { EnsembleRule } from './contract.js';
import { distanceVoteRule } from './distance-vote-rule.js';
import { meanRule } from './mean-rule.js';
import { decide } from './rules.fixture.js';
import { temporalRule } from './temporal-rule.js';
import { voteRule } from './vote-rule.js';

const { ensembles } = goldens;

const RULES: readonly (readonly [string, EnsembleRule])[] = [
  ['vote', voteRule()],
  ['vote, still robots agree', voteRule({ nearZero: 1e-3 })],
  ['distance vote', distanceVoteRule({ tolerance: 0.3 })],
  ['adaptive', adaptiveRule({ sharpness: 2 })],
  ['temporal', temporalRule()],
  ['temporal, newest first', temporalRule({ decay: -300 })],
  ['mean', meanRule()],
];

const number = fc.oneof(
  fc.double({ min: -2, max: 2, noNaN: true }),
  fc.constantFrom(0, -0, 1e-5, 1e200, -1e200),
);
const candidates = fc
  .integer({ min: 1, max: 7 })
  .chain((columns) =>
    fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 9 }),
  );

describe('VOTE', () => {
  it.each(ensembles.direct.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const { candidates_oldest_first: rows, tau, alpha } = golden;
    expect(largestDifference(decide(voteRule({ threshold: tau }), rows), golden.vote)).toBeLessThan(1e-9);
    const adaptive = decide(adaptiveRule({ sharpness: alpha }), rows);
    expect(largestDifference(adaptive, golden.adaptive)).toBeLessThan(1e-9);
  });

  it.each(ensembles.nan_cases.map((golden) => [golden] as const))(
    'is the newest where the official code divides by zero: %#',
    ({ candidates_oldest_first: rows, tau, vote, adaptive, temporal, mean }) => {
      expect([...decide(voteRule({ threshold: tau }), rows)]).toEqual(vote);
      expect([...decide(adaptiveRule(), rows)]).toEqual(adaptive);
      expect([...decide(temporalRule(), rows)]).toEqual(temporal);
      expect([...decide(meanRule(), rows)]).toEqual(mean);
    },
  );

  it('takes robots that stand still for similar only when asked', () => {
    const rows = [
      [4, 0],
      [1e-9, 0],
      [0, 0],
    ];
    // The newest is not even similar to itself, so that all others win, and it with them.
    expect([...decide(voteRule(), rows)]).toEqual([(4 + 1e-9) / 3, 0]);
    expect([...decide(voteRule({ nearZero: 1e-6 }), rows)]).toEqual([5e-10, 0]);
  });
});

describe('the vote by distance', () => {
  const rule = distanceVoteRule({ tolerance: [0.1, 1] });

  it('compares every column with its own tolerance, which is included', () => {
    const rows = [
      [0.5, 3],
      [0.625, 1],
      [0.5, 2],
      [0.5625, 1],
    ];
    // The first differs by 2 in column 1. Of the others, none by more than 0.1 and 1.
    const action = decide(rule, rows);
    expect(action[0]).toBeCloseTo((0.625 + 0.5 + 0.5625) / 3, 15);
    expect(action[1]).toBeCloseTo(4 / 3, 15);
  });

  it('tells absolute positions apart that all point the same way', () => {
    const rows = [[1.5], [1.5], [1.5], [0.5]];
    expect([...decide(voteRule(), rows)]).toEqual([1.25]);
    expect([...decide(distanceVoteRule({ tolerance: 0.2 }), rows)]).toEqual([1.5]);
  });

  it('refuses tolerances that are none, or fit no column', () => {
    expect(() => distanceVoteRule({ tolerance: [] })).toThrow("'tolerance' must be");
    expect(() => distanceVoteRule({ tolerance: Number.NaN })).toThrow("'tolerance' must be");
    expect(() => distanceVoteRule({ tolerance: [1, -1] })).toThrow('[1,-1]');
    expect(() => decide(rule, [[1, 2, 3]])).toThrow('2 tolerances for 3 columns');
  });
});

describe('options', () => {
  it.each([
    () => voteRule({ threshold: Number.NaN }),
    () => voteRule({ nearZero: Infinity }),
    () => adaptiveRule({ sharpness: Infinity }),
    () => temporalRule({ decay: Number.NaN }),
  ])('must be finite: %#', (make) => {
    expect(make).toThrow('must be a finite number');
  });
});

describe('temporal', () => {
  it('equals the running mean of each future step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        (values, decay) => {
          let running = 0;
          let weights = 0;
          values.forEach((value, i) => {
            const weight = Math.exp(-decay * i);
            running = (running * weights + value * weight) / (weights + weight);
            weights += weight;
          });
          const [action] = decide(
            temporalRule({ decay }),
            values.map((value) => [value]),
          );
          expect(action).toBeCloseTo(running, 10);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe.each(RULES)('every rule: %s', (_, rule) => {
  it('leaves a single candidate as it is', () => {
    fc.assert(
      fc.property(candidates, ([only]) => {
        expect([...decide(rule, [only])].every((value, column) => value === only[column])).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('stays finite, and between the candidates in each column', () => {
    fc.assert(
      fc.property(candidates, (rows) => {
        decide(rule, rows).forEach((value, column) => {
          const own = rows.map((row) => row[column]);
          const slack = 1e-14 * Math.max(...own.map(Math.abs));
          expect(value).toBeGreaterThanOrEqual(Math.min(...own) - slack);
          expect(value).toBeLessThanOrEqual(Math.max(...own) + slack);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe.each([
  ['vote', voteRule()],
  ['distance vote', distanceVoteRule({ tolerance: 0.3 })],
  ['adaptive', adaptiveRule({ sharpness: 2 })],
  ['mean', meanRule()],
] as const)('the order of the older candidates: %s', (_, rule) => {
  it('does not matter', () => {
    const rows = [
      [0.5, 0.25],
      [-0.5, 1],
      [1, 0.75],
      [0.5, 0.5],
    ];
    const golden = decide(rule, rows);
    for (const order of [
      [1, 0, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const action = decide(rule, [...order.map((at) => rows[at]), rows[3]]);
      expect(largestDifference(action, golden)).toBeLessThan(1e-15);
    }
  });
});

describe('the scale of the actions', () => {
  it.each([
    ['vote', voteRule(), voteRule()],
    ['distance vote', distanceVoteRule({ tolerance: 0.3 }), distanceVoteRule({ tolerance: 0.3 * 1024 })],
    ['temporal', temporalRule(), temporalRule()],
    ['mean', meanRule(), meanRule()],
  ] as const)('passes to the result: %s', (_, rule, scaledRule) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 })), {
          minLength: 1,
          maxLength: 8,
        }),
        (rows) => {
          // Integer vectors never meet at 60°, where rounding would decide.
          const action = decide(rule, rows);
          const scaled = decide(
            scaledRule,
            rows.map((row) => row.map((value) => 1024 * value)),
          );
          expect(
            largestDifference(
              scaled,
              [...action].map((value) => 1024 * value),
            ),
          ).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 100 },
    );
  });
});
