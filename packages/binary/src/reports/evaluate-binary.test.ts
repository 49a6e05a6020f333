import { describe, expect, test } from 'vitest';
import { elfFile } from '../formats/fixtures/elf-fixture.js';
import { BinaryEvaluation, type BinaryEvaluationOptions, type EvaluatedFile } from './evaluate-binary.js';
import { ascii, tinyTokenizer } from './fixtures.js';

function evaluate(files: EvaluatedFile[], options: Partial<BinaryEvaluationOptions> = {}) {
  const evaluation = new BinaryEvaluation({
    tokenizers: [{ name: 'tiny', tokenizer: tinyTokenizer() }],
    ...options,
  });
  for (const file of files) evaluation.add(file);
  return evaluation.report();
}

const code = (machine: number, text: string) =>
  elfFile({ machine, sections: [{ name: '.text', flags: 6, data: ascii(text) }] });

test('bytes per token, utilisation and entropies of all files', () => {
  const [report] = evaluate([
    { bytes: ascii('abab') },
    { bytes: ascii('abx\0\0') },
    { bytes: ascii('') },
  ]).tokenizers;
  // Tokens: ab ab | ab x 00·00 |
  expect(report).toMatchObject({
    name: 'tiny',
    borders: 'file',
    overall: { files: 3, bytes: 9, tokens: 5, bytesPerToken: 1.8 },
    groups: { raw: { files: 3, bytes: 9, tokens: 5 } },
    utilisation: { used: 3, vocabularySize: 259 },
    renyiEfficiency: { alpha: 2.5, vocabularySize: 259 },
  });
  // H = log2 5 - 0.6 log2 3 bits per token, 5 tokens, 9 bytes.
  expect(report.unigramBitsPerByte).toBeCloseTo(((Math.log2(5) - 0.6 * Math.log2(3)) * 5) / 9, 12);
});

test('seams cut tokens in two where a piece of 8,192 bytes ends', () => {
  const bytes = ascii(`x${'ab'.repeat(8192)}`);
  const [{ seamInflation }] = evaluate([{ bytes }]).tokenizers;
  // Both seams fall inside an `ab`, which becomes two tokens.
  expect(seamInflation).toEqual({ value: expect.closeTo(2 / 8193, 12), pieceBytes: 8192 });
});

test('fragment stability counts the borders that stay when the first byte is gone', () => {
  // Whole: 0000|0000|00|x, borders inside the fragment at 4, 8, 10. Fragment: 0000|0000|0|x, at 5, 9, 10.
  const [{ fragmentStability }] = evaluate([{ bytes: ascii(`${'\0'.repeat(10)}x`) }]).tokenizers;
  expect(fragmentStability).toEqual({ value: 1 / 3, borders: 3, kept: 1 });
});

describe('instruction alignment', () => {
  test('is measured on code sections by architecture', () => {
    const { tokenizers, withoutInstructions } = evaluate([{ bytes: code(183, 'abxxabxx') }]);
    expect(withoutInstructions).toEqual([]);
    // Tokens ab x x ab x x; instructions at 0 and 4.
    expect(tokenizers[0].instructionAlignment).toMatchObject({
      arm64: { tokens: 6, instructions: 2, bytes: 8, recall: 1, precision: 1 / 3 },
    });
  });

  test('uses a disassembler where lengths vary, and names what it does not know', () => {
    const files = [{ bytes: code(62, 'abc') }, { bytes: code(243, 'abc') }];
    const { tokenizers, withoutInstructions } = evaluate(files, {
      disassemble: (_code, architecture) => (architecture === 'x64' ? [0, 1] : undefined),
    });
    expect(tokenizers[0].instructionAlignment).toMatchObject({
      x64: { tokens: 2, instructions: 2, straddling: 0.5 },
    });
    expect(Object.keys(tokenizers[0].instructionAlignment)).toEqual(['x64']);
    expect(withoutInstructions).toEqual(['riscv64']);
  });
});

test('parity is measured on parallel files where there are any', () => {
  const files = [
    { bytes: code(62, 'abab'), parallel: true },
    { bytes: code(183, 'abxxxx'), parallel: true },
    { bytes: ascii('zzz') },
  ];
  const [{ parity }] = evaluate(files).tokenizers;
  expect(parity).toMatchObject({ basis: 'tokens', reference: 'ELF x64' });
  expect(Object.keys(parity!.values)).toEqual(['ELF arm64', 'ELF x64']);
});

test('several tokenizers see the same files', () => {
  const tokenizers = [
    { name: 'file', tokenizer: tinyTokenizer() },
    { name: 'instructions', tokenizer: tinyTokenizer({ borders: 'instructions' }) },
  ];
  const report = evaluate([{ bytes: code(183, 'xxxabxxx') }], { tokenizers });
  expect(report.tokenizers.map(({ name, borders }) => [name, borders])).toEqual([
    ['file', 'file'],
    ['instructions', 'instructions'],
  ]);
  const [whole, cut] = report.tokenizers.map(({ overall }) => overall.tokens);
  expect(cut).toBeGreaterThan(whole);
  // Both have the same vocabulary, which seams and fragments are measured by.
  expect(report.tokenizers[0].seamInflation).toEqual(report.tokenizers[1].seamInflation);
});

test('the report is plain JSON', () => {
  const report = evaluate([{ bytes: code(183, 'abab') }]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('files without a byte give no report', () => {
  expect(() => evaluate([{ bytes: new Uint8Array(0) }])).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
