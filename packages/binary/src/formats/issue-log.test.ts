import { PolytokError } from '@polytok/common';
import { describe, expect, it } from 'vitest';
import { IssueLog } from './issue-log.js';

const broken = () => {
  throw new PolytokError('INVALID_FORMAT', 'It is broken.', { details: { offset: 7 } });
};

describe('IssueLog', () => {
  it('throws in strict mode and says how to go on', () => {
    const error = expect.objectContaining({
      code: 'LIMIT_EXCEEDED',
      details: { count: 9 },
      message: "Too many. Read it with mode 'lenient' to keep what is intact.",
    });
    expect(() => new IssueLog('strict').report('Too many.', { count: 9 }, 'LIMIT_EXCEEDED')).toThrow(error);
    expect(() => new IssueLog('strict').attempt('header', broken)).toThrow('It is broken.');
  });

  it('collects in lenient mode', () => {
    const log = new IssueLog('lenient');
    log.report('Odd.');
    expect(log.attempt('header', broken)).toBeUndefined();
    expect(log.attempt('header', () => 5)).toBe(5);
    expect(log.messages).toEqual(['Odd.', 'header: It is broken.']);
  });

  it('lets programming errors through', () => {
    expect(() =>
      new IssueLog('lenient').attempt('header', () => {
        throw new TypeError('a bug');
      }),
    ).toThrow(TypeError);
  });

  it('stops listing after 100 issues', () => {
    const log = new IssueLog('lenient');
    for (let i = 0; i < 1000; i++) log.report(`Issue ${i}.`);
    expect(log.messages).toHaveLength(101);
    expect(log.messages[100]).toBe('Further issues are not listed.');
  });
});
