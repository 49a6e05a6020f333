import { expect, test } from 'vitest';
import { loadDisassembler } from './disassemble.js';

const { disassemble, reason } = await loadDisassembler();

test('the package is installed here', () => {
  expect(reason).toBeUndefined();
});

test('finds x64 and x86 instructions', () => {
  const code = Uint8Array.of(0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3); // push rbp; mov rbp, rsp; pop rbp; ret
  expect(disassemble?.(code, 'x64')).toEqual([0, 1, 4, 5]);
  // Without 64-bit prefixes: push ebp; dec eax; mov ebp, esp; pop ebp; ret
  expect(disassemble?.(code, 'x86')).toEqual([0, 1, 2, 4, 5]);
});

test('bytes that are no instruction count one by one', () => {
  expect(disassemble?.(Uint8Array.of(0x06, 0x07, 0xc3, 0x06), 'x64')).toEqual([0, 1, 2, 3]);
});

test('an instruction that the end cuts off counts by its bytes', () => {
  expect(disassemble?.(Uint8Array.of(0xc3, 0x48, 0x89), 'x64')).toEqual([0, 1, 2]);
});

test('instructions that lie across the windows of the sweep are found', () => {
  const code = new Uint8Array(7 * 10_000);
  for (let at = 0; at < code.length; at += 7) code.set([0x48, 0x8b, 0x80, 1, 2, 3, 4], at); // mov rax, [rax + …]
  expect(disassemble?.(code, 'x64')).toEqual(Array.from({ length: 10_000 }, (_, k) => 7 * k));
});

test('other architectures are unknown to it', () => {
  expect(disassemble?.(Uint8Array.of(0), 'arm64')).toBeUndefined();
});
