import { expect, it } from 'vitest';
import { exp, ln, unitRoot } from './portable-math.js';

it('gives roots of unity, exact at quarters', () => {
  expect([0, 1, 2, 3, 4].map((k) => unitRoot(k, 4).map((part) => part + 0))).toEqual([
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
    [1, 0],
  ]);
  for (let k = 0; k < 1200; k++) {
    const [cosine, sine] = unitRoot(k, 600);
    expect(Math.abs(cosine - Math.cos((2 * Math.PI * k) / 600))).toBeLessThan(2e-15);
    expect(Math.abs(sine - Math.sin((2 * Math.PI * k) / 600))).toBeLessThan(2e-15);
  }
});

it('gives exponentials and logarithms', () => {
  expect([exp(0), ln(1), ln(2)]).toEqual([1, 0, Math.LN2]);
  for (let x = -20; x <= 20; x += 0.37) {
    expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
    expect(Math.abs(ln(Math.exp(x)) - x)).toBeLessThan(1e-14);
  }
});
