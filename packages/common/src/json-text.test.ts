import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, parseJsonText } from './json-text.js';

describe('parseJsonText', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseJsonText(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '{"a":1,"b":{"a":2}}',
    '[{"a":1},{"a":2}]',
    '{"a":"b","b":"a"}',
    '{"a":"{\\"a\\":1}","b":"\\\\"}',
    '{"a\\"":1,"a":2}',
    '{"a":"c","b":["c","c"]}',
  ])('accepts %s', (text) => {
    expect(parseJsonText(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a":1,"b":2,"a":3}', '"a"'],
    ['{"x":{"a":1 , "a" \n: 3}}', '"a"'],
    ['{"x":[{"k":[1,{}],"k":2}]}', '"k"'],
    ['{"a":1,"\\u0061":2}', '"a"'],
    ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
    ['{"\\\\":1,"\\\\":2}', '"\\\\"'],
  ])('refuses %s, which repeats %s', (text, key) => {
    expect(() => parseJsonText(text)).toThrowError(`Key ${key} stands twice in one object`);
  });

  it.each(['', '{', '"', '"\\', '{"a', '{"a":1,}', ']', '{"\\x":1}', '{"a":1}}', 'nul'])(
    'leaves the error for %j to JSON.parse',
    (text) => {
      expect(() => parseJsonText(text)).toThrowError(SyntaxError);
    },
  );

  it('follows nesting to its limit and no further', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJsonText(nested(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
    expect(() => parseJsonText(nested(MAX_JSON_DEPTH + 1))).toThrowError(
      'Nesting deeper than 64 levels at character 64',
    );
    expect(() => parseJsonText('['.repeat(20_000_000))).toThrowError('Nesting deeper');
    expect(() => parseJsonText('{"":'.repeat(5_000_000))).toThrowError('Nesting deeper');
  });

  it('takes linear time and no stack for long runs of backslashes', () => {
    const text = `{"a":"${'\\\\'.repeat(4_000_000)}"}`;
    expect((parseJsonText(text) as { a: string }).a.length).toBe(4_000_000);
  });

  it('takes linear time for many escaped quotes', () => {
    const text = JSON.stringify({ a: '"'.repeat(1_000_000) });
    expect((parseJsonText(text) as { a: string }).a.length).toBe(1_000_000);
  });
});
