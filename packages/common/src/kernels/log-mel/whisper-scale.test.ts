import { expect, it } from 'vitest';
import { whisperScale } from './whisper-scale.js';

it('lifts levels to 8 below the highest, and maps -4 to 0 and 0 to 1', () => {
  const levels = Float32Array.of(0, -4, -7, -8, -10);
  whisperScale(levels);
  expect([...levels]).toEqual([1, 0, -0.75, -1, -1]);
});

it('leaves no levels as they are', () => {
  expect(() => whisperScale(new Float32Array(0))).not.toThrow();
});
