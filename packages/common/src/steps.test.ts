import { expect, it } from 'vitest';
import { awaitSteps, resultOf, runSteps, type Steps } from './steps.js';

function* addTo(log: string[], work: (name: string) => void | Promise<void>): Steps<number> {
  try {
    yield work('first');
    log.push('between');
    yield work('second');
  } finally {
    log.push('cleaned up');
  }
  return 7;
}

it('runs synchronous work to its result', () => {
  const log: string[] = [];
  expect(runSteps(addTo(log, (name) => void log.push(name)))).toBe(7);
  expect(log).toEqual(['first', 'between', 'second', 'cleaned up']);
});

it('waits for each piece of asynchronous work before the next', async () => {
  const log: string[] = [];
  const work = async (name: string) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.push(name);
  };
  expect(await awaitSteps(addTo(log, work))).toBe(7);
  expect(log).toEqual(['first', 'between', 'second', 'cleaned up']);
});

it('throws a rejection where the work was asked for', async () => {
  const log: string[] = [];
  const work = (name: string) => Promise.reject(new Error(`${name} failed`));
  await expect(awaitSteps(addTo(log, work))).rejects.toThrow('first failed');
  expect(log).toEqual(['cleaned up']);
});

it('gives steps the result of work, done or under way', async () => {
  function* sum(first: number | Promise<number>): Steps<number> {
    return (yield* resultOf(first)) + (yield* resultOf(2));
  }
  expect(runSteps(sum(1))).toBe(3);
  expect(await awaitSteps(sum(Promise.resolve(1)))).toBe(3);
  await expect(awaitSteps(sum(Promise.reject(new Error('lost'))))).rejects.toThrow('lost');
});
