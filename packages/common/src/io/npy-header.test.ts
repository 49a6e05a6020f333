import { describe, expect, it } from 'vitest';
import { formatNpyHeader, parseNpyHeader } from './npy-header.js';

describe('parseNpyHeader', () => {
  it.each([
    ["{'descr': '<u2', 'fortran_order': False, 'shape': (3, 4), }", [3, 4]],
    ["{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }   \n", [3]],
    ["{'descr': '<u2', 'fortran_order': False, 'shape': (), }", []],
    ['{"shape": (1, 2, 3), "descr": "<u2", "fortran_order": False}', [1, 2, 3]],
  ])('reads %s', (text, shape) => {
    expect(parseNpyHeader(text)).toEqual({ descr: '<u2', fortranOrder: false, shape });
  });

  it.each([
    ['nothing', ''],
    ['no end', "{'descr': '<u2', 'fortran_order': False, 'shape': (3,)"],
    ['no shape', "{'descr': '<u2', 'fortran_order': False, }"],
    ['another key', "{'descr': '<u2', 'fortran_order': False, 'shape': (3,), 'x': 'y'}"],
    ['a key twice', "{'descr': '<u2', 'descr': '<u4', 'fortran_order': False, 'shape': (3,)}"],
    ['a number for a tuple', "{'descr': '<u2', 'fortran_order': False, 'shape': (3)}"],
    ['a negative count', "{'descr': '<u2', 'fortran_order': False, 'shape': (-3,)}"],
    ['an expression', "{'descr': '<u2', 'fortran_order': False, 'shape': (1+2,)}"],
    ['a call', "{'descr': open('x'), 'fortran_order': False, 'shape': (3,)}"],
    ['a boolean in the wrong place', "{'descr': True, 'fortran_order': False, 'shape': (3,)}"],
    ['an escape', "{'descr': '\\x3cu2', 'fortran_order': False, 'shape': (3,)}"],
    ['text behind', "{'descr': '<u2', 'fortran_order': False, 'shape': (3,)} + 1"],
    ['no comma', "{'descr': '<u2' 'fortran_order': False, 'shape': (3,)}"],
  ])('refuses a header with %s', (_, text) => {
    expect(() => parseNpyHeader(text)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });

  it('knows records of fields, which it does not read', () => {
    const text = "{'descr': [('a', '<u2')], 'fortran_order': False, 'shape': (1,), }";
    expect(() => parseNpyHeader(text)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  it('limits the number of dimensions', () => {
    const text = `{'descr': '<u2', 'fortran_order': False, 'shape': (${'1, '.repeat(65)}), }`;
    expect(() => parseNpyHeader(text)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });
});

it('formatNpyHeader writes what NumPy writes', () => {
  expect(formatNpyHeader({ descr: '|b1', fortranOrder: true, shape: [7] })).toBe(
    "{'descr': '|b1', 'fortran_order': True, 'shape': (7,), }",
  );
  expect(formatNpyHeader({ descr: '<f4', fortranOrder: false, shape: [2, 3] })).toBe(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
  );
});
