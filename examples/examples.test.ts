import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeParquetRecords, toByteSource } from '@polytok/common/io';
import { readImage } from '@polytok/image/node';
import { describe, expect, it } from 'vitest';
import { runNode } from './testing/run-node.js';
import { scratchFolder } from './testing/scratch-folder.js';

const scratch = scratchFolder();
const resolve = createRequire(import.meta.url).resolve;
const windowsAddon = resolve('bufferutil/prebuilds/win32-x64/bufferutil.node');
const macAddon = resolve('bufferutil/prebuilds/darwin-arm64/bufferutil.node');

/** Lines that an example prints; it must end well. */
async function linesOf(example: string, ...args: string[]): Promise<string[]> {
  const run = await runNode([example, ...args]);
  expect(run.exitCode, run.stderr).toBe(0);
  return run.stdout.trimEnd().split('\n');
}

describe('examples', () => {
  it('encode-to-parquet writes a record that decodes to the file', async () => {
    const out = join(scratch, 'tokens.parquet');
    const lines = await linesOf('encode-to-parquet.ts', windowsAddon, out);
    expect(lines[0]).toMatch(/^155136 bytes became \d+ tokens of vocabulary [0-9a-f]{16}$/);
    expect(lines[1]).toBe('restored: true');
    const [record] = await decodeParquetRecords(toByteSource(new Uint8Array(readFileSync(out))));
    expect(record).toMatchObject({ source: windowsAddon, modality: 'binary', codebooks: 1 });
  });

  it('share-one-vocabulary interleaves text, an executable and joint positions', async () => {
    const [stream, segments, added] = await linesOf('share-one-vocabulary.ts');
    expect(stream).toMatch(/^1 450 1824 <\|binary:begin\|>( <\|binary:\d+\|>)+ <\|binary:end\|> /);
    expect(stream.slice(stream.indexOf('<|joints:begin|>'))).toBe(
      [
        '<|joints:begin|>',
        '<|joints:0:10|> <|joints:pad|> <|joints:pad|>',
        '<|joints:0:11|> <|joints:1:20|> <|joints:pad|>',
        '<|joints:pad|> <|joints:1:21|> <|joints:2:30|>',
        '<|joints:pad|> <|joints:pad|> <|joints:2:31|>',
        '<|joints:end|>',
      ].join(' '),
    );
    expect(segments).toBe('text, binary, joints');
    // Two markers and 4096 ids; two markers, padding and 3 × 64 ids.
    expect(added).toBe("4293 entries for added_tokens of the model's tokenizer.json");
  });

  it('train-for-huggingface writes a tokenizer.json of the size asked for', async () => {
    const out = join(scratch, 'tokenizer.json');
    const lines = await linesOf('train-for-huggingface.ts', out, windowsAddon, macAddon);
    // 1024 tokens without the 256 bytes and the 7 special tokens.
    expect(lines).toEqual(['761 merges, stopped by vocabulary-size', 'same vocabulary: true']);
    const { model, added_tokens } = JSON.parse(readFileSync(out, 'utf8'));
    expect(model.type).toBe('BPE');
    expect(Object.keys(model.vocab)).toHaveLength(1024);
    expect(added_tokens).toHaveLength(7);
  });

  it('stream-large-file writes two bytes for each token, and nothing else', async () => {
    const out = join(scratch, 'tokens.u16');
    const [line] = await linesOf('stream-large-file.ts', windowsAddon, out);
    const [bytes, tokens] = line.match(/\d+/g)!.map(Number);
    expect(bytes).toBe(155136);
    expect(statSync(out).size).toBe(2 * tokens);
  });

  it('stream-large-file leaves no file behind when its input is missing', async () => {
    const out = join(scratch, 'incomplete.u16');
    const run = await runNode(['stream-large-file.ts', join(scratch, 'missing'), out]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('PolytokError');
    expect(existsSync(out)).toBe(false);
  });

  it('map-tokens-to-addresses finds the sections and the entry point', async () => {
    const lines = await linesOf('map-tokens-to-addresses.ts', windowsAddon);
    expect(lines[0]).toBe('PE x64, 7 sections');
    expect(lines[1]).toMatch(/^\.text: 95744 bytes, \d+ tokens, \d\.\d bits\/byte$/);
    expect(lines[5]).toBe('.fptable: 512 bytes, 32 tokens, 0.0 bits/byte');
    expect(lines.at(-1)).toMatch(/^entry 0x180001b14: token \d+, \d+ bytes at offset \d+$/);
  });

  it('measure-tokenizers shows that larger vocabularies give longer tokens', async () => {
    const lines = await linesOf('measure-tokenizers.ts', windowsAddon, macAddon);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['4k', '8k', '16k', '32k', '64k']);
    const lengths = lines.map((line) => Number(/([\d.]+) bytes per token/.exec(line)![1]));
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(lengths[0]).toBeGreaterThan(1.5);
  });

  it('robot-control-loop picks up the block by tokens; chunks that start where the last ended have no seams', async () => {
    const [none, position, refit] = await linesOf('robot-control-loop.ts');
    const line =
      /^(\w+): (\d+) seams of at most (\S+) mrad, tracking (\S+) mrad, success true within [23]\.\d+ mm,/;
    const of = (text: string) => line.exec(text)!.slice(1).map(Number);
    const [, seams, jump, tracking] = of(none);
    expect(seams).toBe(13);
    expect(jump).toBeGreaterThan(0.5);
    expect(jump).toBeLessThan(5);
    expect(tracking).toBeLessThan(10); // most of it is the lag of the servos
    expect(position).toContain('position: 13 seams of at most 0 mrad, ');
    expect(of(position)[3]).toBeLessThan(10);
    // Refitted chunks repeat four commands, not one: there are more of them.
    expect(of(refit)[1]).toBe(15);
    expect(of(refit)[2]).toBeLessThan(jump);
  });

  it('make-vowels writes the sample recording again', async () => {
    const out = join(scratch, 'vowels.wav');
    expect(await linesOf('make-vowels.ts', out)).toEqual([`${out}: 5 vowels, 24000 samples`]);
    const sample = readFileSync(join(import.meta.dirname, 'data/sound/vowels.wav'));
    expect(readFileSync(out).equals(sample)).toBe(true);
  });

  it('tokens-under-noise shows that more noise changes more tokens', async () => {
    const [size, ...lines] = await linesOf('tokens-under-noise.ts');
    expect(size).toBe('24000 samples, 38 tokens of 32');
    const changed = lines.map((line) => Number(/: ([\d.]+) % of the tokens change$/.exec(line)![1]));
    expect(changed).toHaveLength(3);
    expect(changed).toEqual([...changed].sort((a, b) => a - b));
    expect(changed[2]).toBeGreaterThan(0);
  });

  it('make-picture paints the sample image again', async () => {
    const out = join(scratch, 'lake.png');
    expect(await linesOf('make-picture.ts', out)).toEqual([`${out}: 240 × 160 pixels`]);
    expect(await readImage(out)).toEqual(await readImage(join(import.meta.dirname, 'data/images/lake.png')));
  });

  it('compare-decoded-image puts an image beside what its tokens say', async () => {
    const out = join(scratch, 'compared.png');
    const lake = join(import.meta.dirname, 'data/images/lake.png');
    const lines = await linesOf('compare-decoded-image.ts', lake, '', out);
    expect(lines[0]).toMatch(/^64 × 64 pixels, 1024 tokens, \d+ of 64 ids$/);
    expect(await readImage(out)).toMatchObject({ width: 128, height: 64 });
  });

  it('make-robot-episodes writes a LeRobot data set for each robot', async () => {
    const out = join(scratch, 'episodes');
    expect(await linesOf('make-robot-episodes.ts', out, '1')).toEqual([
      'polytok_arm_7dof: 5 episodes, 1236 frames, 5 successful',
      'polytok_bimanual_14dof: 4 episodes, 1147 frames, 4 successful',
    ]);
    const info = JSON.parse(readFileSync(join(out, 'polytok_arm_7dof/meta/info.json'), 'utf8'));
    expect(info).toMatchObject({ codebase_version: 'v3.0', fps: 50, total_episodes: 5, total_tasks: 5 });
  });
});
