import { expect, test } from 'vitest';
import { instructionStarts } from './instruction-starts.js';

test('instructions of fixed length start every four bytes', () => {
  expect(Array.from(instructionStarts(new Uint8Array(10), 'arm64')!)).toEqual([0, 4, 8]);
});

test.each(['x64', 'arm', 'riscv64', 's390x', 'ia64', 'unknown'])(
  '%s needs a disassembler',
  (architecture) => {
    expect(instructionStarts(new Uint8Array(4), architecture)).toBeUndefined();
    expect(
      instructionStarts(new Uint8Array(4), architecture, (_code, name) =>
        name === 'x64' ? [0, 1] : undefined,
      ),
    ).toEqual(architecture === 'x64' ? [0, 1] : undefined);
  },
);
