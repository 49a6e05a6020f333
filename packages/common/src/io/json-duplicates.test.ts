import { expect, it } from 'vitest';
import { findDuplicateKey } from './json-duplicates.js';

it.each([
  ['{}', undefined],
  ['{"a":1,"b":{"a":2}}', undefined],
  ['[{"a":1},{"a":2}]', undefined],
  ['{"a":"b","b":"a"}', undefined],
  ['{"a":"{\\"a\\":1}","b":"\\\\"}', undefined],
  ['{"a":1,"b":2,"a":3}', 'a'],
  ['{"x":{"a":1 , "a" : 3}}', 'a'],
  ['{"x":[{"k":[1,{}],"k":2}]}', 'k'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
])('%s has the duplicate %s', (text, duplicate) => {
  expect(findDuplicateKey(text)).toBe(duplicate);
});
