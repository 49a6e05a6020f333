import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyHeap } from './key-heap.js';

it('gives keys in ascending order, however pushes and pops mix', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 2 ** 53 - 1 }))), (steps) => {
      const heap = new KeyHeap(steps.length);
      const held: number[] = [];
      for (const key of steps) {
        if (key !== null) {
          heap.push(key);
          held.push(key);
          held.sort((a, b) => a - b);
        } else if (held.length > 0) {
          expect(heap.pop()).toBe(held.shift());
        }
        expect(heap.size).toBe(held.length);
      }
    }),
  );
});
