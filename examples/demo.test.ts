import { BeastTokenizer } from '@polytok/action';
import { createReplay, findTask, loadMujoco } from '@polytok/action/replay';
import { BinaryTokenizer } from '@polytok/binary';
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { describe, expect, it } from 'vitest';
import { runActionDemo } from './demo/run-action-demo.js';
import { runDemo } from './demo/run-demo.js';
import { planEpisode } from './robot/expert.js';
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

  it('replays decoded actions of two robots, who still do all of their tasks', async () => {
    const { stdout } = await demo;
    const rows = stdout.split('\n').filter((line) => /^(7|14) columns/.test(line));
    expect(rows).toHaveLength(8);
    for (const row of rows) expect(row).toMatch(/ (10 of 10|8 of 8)$/);
    // Chunks, tokens for each, numbers for each token; joined chunks have no seam.
    expect(rows[1]).toMatch(
      /^7 columns +BEAST, 10 points, joined +133 +70\.0 +2\.00 .* 0\.00 +\S+ +\S+ +10 of 10$/,
    );
    expect(rows[7]).toMatch(
      /^14 columns +BEAST, 5 points, joined +130 +70\.0 +4\.00 .* 0\.00 +\S+ +\S+ +8 of 8$/,
    );
  });

  it('fails, and says so, when decoded actions no longer do the task', async () => {
    const task = findTask('polytok_arm_7dof', 'pick-and-place');
    const { columns } = task.robot;
    // Two levels for each control point: no more than a rough idea of where to go.
    const bound = new Float64Array(5 * columns.length).fill(1);
    const coarse = new BeastTokenizer({
      steps: 20,
      columns: columns.length,
      points: 5,
      levels: 2,
      bounds: { low: bound.map((value) => -value), high: bound },
    });
    const replay = createReplay({ mujoco: await loadMujoco(), task });
    let output = '';
    const exitCode = runActionDemo(
      [
        {
          robot: task.robot,
          episodes: [{ ...planEpisode(task, 0), replay }],
          tokenizers: [{ name: 'coarse', tokenizer: coarse, join: 'none' }],
        },
      ],
      (text) => {
        output += text;
      },
    );
    replay.dispose();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^7 columns +coarse .* 0 of 1 TASKS FAIL$/m);
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
