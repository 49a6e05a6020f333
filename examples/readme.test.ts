/**
 * Runs what the Markdown files show. A block opened by "```ts run" runs as a module beside the examples; one opened by
 * "```sh run" holds `polytok` commands, which run one after the other in a folder with two executables, `app.exe` and
 * `programs/tool.dylib`, a data set `robot`, a recording `vowels.wav` and a `checkpoint` for it. A "```text" block right behind is the output, word for word.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type RunnableBlock, readBlocks } from './testing/read-blocks.js';
import { type NodeRun, runNode } from './testing/run-node.js';
import { scratchFolder } from './testing/scratch-folder.js';

const FILES = [
  'README.md',
  'CONTRIBUTING.md',
  'packages/action/README.md',
  'packages/common/README.md',
  'packages/binary/README.md',
  'packages/cli/README.md',
  'packages/image/README.md',
  'packages/speech/README.md',
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = join(ROOT, 'packages/cli/src/main.ts');

const scratch = scratchFolder();
const resolve = createRequire(import.meta.url).resolve;
mkdirSync(join(scratch, 'programs'));
copyFileSync(resolve('bufferutil/prebuilds/win32-x64/bufferutil.node'), join(scratch, 'app.exe'));
copyFileSync(
  resolve('bufferutil/prebuilds/darwin-arm64/bufferutil.node'),
  join(scratch, 'programs/tool.dylib'),
);
copyFileSync(join(ROOT, 'examples/data/sound/vowels.wav'), join(scratch, 'vowels.wav'));
cpSync(join(ROOT, 'packages/speech/goldens/stable-token/published-shape'), join(scratch, 'checkpoint'), {
  recursive: true,
});
copyFileSync(join(ROOT, 'examples/data/images/lake.png'), join(scratch, 'lake.png'));
copyFileSync(join(ROOT, 'packages/image/goldens/small-taming.pt'), join(scratch, 'small.pt'));
const small = JSON.parse(readFileSync(join(ROOT, 'packages/image/goldens/small-taming.json'), 'utf8'));
writeFileSync(join(scratch, 'small.json'), JSON.stringify(small.config));
cpSync(join(ROOT, 'examples/data/robot-episodes/polytok_arm_7dof'), join(scratch, 'robot'), {
  recursive: true,
});

async function run({ language, code }: RunnableBlock): Promise<NodeRun> {
  if (language === 'ts') return runNode(['--input-type=module', '--eval', code]);
  let stdout = '';
  for (const line of code.trim().split('\n')) {
    const [program, ...args] = line.split(' ');
    expect(program, `a command that only starts polytok: ${line}`).toBe('polytok');
    const command = await runNode([COMMAND, ...args], { cwd: scratch });
    if (command.exitCode !== 0) return command;
    stdout += command.stdout;
  }
  return { exitCode: 0, stdout, stderr: '' };
}

describe.each(FILES)('%s', (file) => {
  const blocks = readBlocks(readFileSync(join(ROOT, file), 'utf8'));

  it('has examples that run', () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  it.each(blocks)('runs the block at line $line', async (block) => {
    const { exitCode, stdout, stderr } = await run(block);
    expect(exitCode, stderr).toBe(0);
    if (block.output !== undefined) expect(stdout.trimEnd()).toBe(block.output.trimEnd());
  });
});
