import { BinaryTokenizer } from '@polytok/binary';
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { describe, expect, it } from 'vitest';
import { runDemo } from './demo/run-demo.js';
import { runNode } from './testing/run-node.js';

describe('pnpm demo', () => {
  const demo = runNode(['demo.ts']);

  it('brings back every byte of four executables, the running Node among them', async () => {
    const { exitCode, stdout, stderr } = await demo;
    expect(exitCode, stderr).toBe(0);
    const rows = stdout.split('\n').slice(3, 7);
    expect(rows[0]).toMatch(/^bufferutil \(Windows\) +PE +x64 +155,136 .* exact$/);
    expect(rows[1]).toMatch(/^bufferutil \(macOS\) +Mach-O +arm64 +34,064 .* exact$/);
    expect(rows[2]).toMatch(/^esbuild .* exact$/);
    expect(rows[3]).toMatch(/^node v\d.* exact$/);
  });

  it('shows the tokens of code, and where they are loaded', async () => {
    const { stdout } = await demo;
    expect(stdout).toContain('section .text  r-x');
    expect(stdout).toMatch(/^00000400 .*\|48.* 0x180001000$/m);
  });

  it('fails, and says where, when bytes are lost', () => {
    class Forgetful extends BinaryTokenizer {
      override decodeSync(...args: Parameters<BinaryTokenizer['decodeSync']>): Uint8Array {
        return super.decodeSync(...args).fill(0, 7, 8);
      }
    }
    let output = '';
    const exitCode = runDemo({
      tokenizer: new Forgetful({ model: binaryTokenizer('4k').model }),
      files: [{ name: 'all bytes', bytes: Uint8Array.from({ length: 256 }, (_, byte) => byte) }],
      color: false,
      write: (text) => {
        output += text;
      },
    });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^all bytes +raw +unknown +256 .* BYTES DIFFER$/m);
  });
});
