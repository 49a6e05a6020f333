import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTrack } from '@polytok/action';
import { LeRobotDataset, writeCsv, writeNpyTrack } from '@polytok/action/data';
import { writeMcapTrack } from '@polytok/action/mcap';
import { openDatasetFolder } from '@polytok/action/node';
import { beforeEach, describe, expect, it } from 'vitest';
import { cli, scratchFolder } from '../cli.test-helper.js';

const SAMPLES = fileURLToPath(new URL('../../../../examples/data/robot-episodes', import.meta.url));
const ARM = join(SAMPLES, 'polytok_arm_7dof');
const PAIR = join(SAMPLES, 'polytok_bimanual_14dof');

let cwd: string;
const run = (...argv: string[]) => cli(['action', ...argv], { cwd });
const json = (stdout: string) => JSON.parse(stdout);

beforeEach(() => {
  cwd = scratchFolder();
});

/** The actions of a data set, episode by episode. */
async function actionsOf(folder: string): Promise<Float64Array[]> {
  const dataset = await LeRobotDataset.open(openDatasetFolder(folder));
  const episodes: Float64Array[] = [];
  for await (const { track } of dataset.tracks()) episodes.push(Float64Array.from(track.values));
  return episodes;
}

describe('a data set', () => {
  it.each([
    ['beast', [], 0.03],
    ['beast', ['--knots', 'fitted', '--bounded'], 0.03],
    ['fast', ['--scale', '100'], 0.03],
    ['fast', ['--byte-level'], 0.2],
    ['bins', ['--variant', 'openvla', '--bpe', '300'], 0.03],
    ['residual-vq', ['--codes', '64', '--stages', '4'], 1.5],
    ['chunk-fsq', ['--tokens', '12'], 1.5],
  ])('becomes tokens and comes back: %s %j', async (kind, options, tolerance) => {
    const fit = await run(
      'fit',
      ARM,
      '-t',
      kind,
      '--steps',
      '20',
      ...options,
      '--out',
      'tokenizer.json',
      '--json',
    );
    expect(fit.stderr).toBe('');
    expect(json(fit.stdout)).toMatchObject({ steps: 20, episodes: 10, frames: 2422, failures: [] });

    const encode = await run('encode', ARM, '-t', 'tokenizer.json', '--out', 'tokens.parquet', '--json');
    expect(json(encode.stdout)).toMatchObject({ episodes: 10, frames: 2422, chunks: 124, failures: [] });

    const decode = await run(
      'decode',
      'tokens.parquet',
      '-t',
      'tokenizer.json',
      '--out',
      'decoded',
      '--json',
    );
    expect(json(decode.stdout)).toMatchObject({ episodes: 10, repaired: 0, failures: [] });
    const [source, decoded] = [await actionsOf(ARM), await actionsOf(join(cwd, 'decoded'))];
    for (const [at, values] of source.entries()) {
      // The last chunk is full: it rests behind the end.
      expect(decoded[at].length).toBeGreaterThanOrEqual(values.length);
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - decoded[at][i])), 0);
      expect(worst).toBeLessThan(tolerance);
    }
  });

  it('is fitted to the same file again', async () => {
    for (const out of ['a.json', 'b.json'])
      await run('fit', PAIR, '--steps', '10', '--points', '5', '--out', out);
    expect(await readFile(join(cwd, 'a.json'), 'utf8')).toBe(await readFile(join(cwd, 'b.json'), 'utf8'));
  });

  it('keeps its tokens beside it', async () => {
    await cp(ARM, join(cwd, 'data'), { recursive: true });
    await run('fit', 'data', '--out', 'tokenizer.json');
    const { code, stdout } = await run('encode', 'data', '-t', 'tokenizer.json', '--episodes', '0:2,5');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Encoded 3 episodes \([\d,]+ steps\) into [\d,]+ tokens of \d+ chunks, to 'data\/tokens\/action.parquet'/,
    );
    const decode = await run(
      'decode',
      'data/tokens/action.parquet',
      '-t',
      'tokenizer.json',
      '--join',
      'position',
      '--out',
      'back',
    );
    expect(decode.code).toBe(0);
  });

  it('is looked at', async () => {
    const { stdout } = await run('inspect', ARM);
    expect(stdout).toContain(
      'LeRobot v3.0, robot polytok_arm_7dof, 10 episodes, 2,422 frames at 50 per second',
    );
    expect(stdout).toMatch(/^waist +-0\.5025 +-0\.5025 +-0\.02602 +0\.2538 +0\.4675 +0\.4675$/m);
  });

  it('says where fitted knots are', async () => {
    await run('fit', ARM, '--steps', '20', '--points', '7', '--knots', 'fitted', '--out', 'fitted.json');
    const { stdout } = await run('inspect', 'fitted.json', '--json');
    const { innerKnots } = json(stdout).settings;
    expect(innerKnots).toHaveLength(2);
    expect((await run('inspect', 'fitted.json')).stdout).toContain(
      `innerKnots       ${innerKnots.map((knot: number) => knot.toFixed(3)).join(', ')}`,
    );
  });

  it('is taken column by column', async () => {
    await run('fit', ARM, '--columns', '0:2,gripper', '--steps', '10', '--out', 'three.json');
    const { stdout } = await run('inspect', 'three.json', '--json');
    expect(json(stdout).signal).toMatchObject({ names: ['waist', 'shoulder', 'gripper'], grippers: [2] });
    const { code } = await run('encode', ARM, '-t', 'three.json', '--out', '-');
    expect(code).toBe(0);
  });
});

describe('files', () => {
  const track = createTrack({
    values: Float64Array.from({ length: 180 }, (_, i) => Math.sin(i / 20)),
    fps: 20,
    names: ['a', 'b', 'c'],
  });

  it('of three kinds become the same tokens', async () => {
    await writeFile(join(cwd, 'a.csv'), writeCsv([{ index: 0, track }]));
    await writeFile(join(cwd, 'a.npy'), writeNpyTrack(track));
    await writeFile(join(cwd, 'a.mcap'), await writeMcapTrack(track));
    await run('fit', 'a.csv', '--steps', '10', '--points', '5', '--out', 'csv.json');
    const outputs = [];
    for (const name of ['a.csv', 'a.mcap']) {
      const { code, stdout, stderr } = await run('encode', name, '-t', 'csv.json', '--out', '-', '--quiet');
      expect(code, stderr).toBe(0);
      outputs.push(stdout);
    }
    expect(outputs[0]).toBe(outputs[1]);
    const named = await run('encode', 'a.npy', '-t', 'csv.json', '--fps', '20', '--out', '-');
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('There is no column')]);
    const fit = await run(
      'fit',
      'a.npy',
      '--fps',
      '20',
      '--columns',
      '0:2',
      '--steps',
      '10',
      '--out',
      'npy.json',
      '--json',
    );
    expect(json(fit.stdout)).toMatchObject({ columns: ['column_0', 'column_1'], frames: 60 });
  });

  it('without a rate, and others, are refused', async () => {
    await writeFile(join(cwd, 'a.npy'), writeNpyTrack(track));
    await writeFile(join(cwd, 'a.txt'), 'a');
    expect((await run('fit', 'a.npy', '--out', 'x.json')).stderr).toContain('pass --fps');
    expect((await run('fit', 'a.txt', '--out', 'x.json')).stderr).toContain('UNSUPPORTED');
  });
});

describe('JSON lines', () => {
  it('go through a pipe', async () => {
    await run('fit', ARM, '-t', 'fast', '--out', 'tokenizer.json');
    const { stdout } = await run('encode', ARM, '-t', 'tokenizer.json', '--out', '-', '--quiet');
    const lines = stdout.trim().split('\n').map(json);
    expect(lines[0]).toMatchObject({ episode_index: 0, frame_index: 0, tokens: expect.any(Array) });
    expect(new Set(lines.map(({ episode_index }) => episode_index)).size).toBe(10);
  });
});

describe('the card', () => {
  it('puts tokenizers side by side, replays them, and draws', async () => {
    await run('fit', ARM, '--steps', '20', '--out', 'beast.json');
    await run('fit', ARM, '-t', 'fast', '--steps', '20', '--out', 'fast.json');
    const options = ['-t', 'beast.json', '-t', 'fast.json', '--episodes', '0:3', '--replay'];
    const { code, stdout } = await run('eval', ARM, ...options, '--report', 'card.html');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tokens per chunk, mean +70 +[\d.]+$/m);
    expect(stdout).toMatch(/^10 % exchanged: finite +100\.0 % +100\.0 %$/m);
    expect(stdout).toMatch(/^10 % exchanged: within the range +100\.0 % +100\.0 %$/m);
    expect(stdout).toMatch(/^episodes that succeed +3 +3$/m);
    const html = await readFile(join(cwd, 'card.html'), 'utf8');
    expect(html).toContain('<h1>Evaluation of action tokenizers</h1>');
    expect(html.match(/<svg /g)).toHaveLength(17);
    for (const title of ['Mean error of each column', 'What decodes', 'Where chunks meet', 'Smoothness'])
      expect(html).toContain(`aria-label="${title}"`);
  });
});

describe('bad input', () => {
  const fitted = () => run('fit', ARM, '--steps', '10', '--points', '5', '--out', 'tokenizer.json');

  it.each([
    [2, '--out is missing', ['fit', ARM]],
    [2, 'There is no column "knee"', ['fit', ARM, '--columns', 'knee', '--out', 'x.json']],
    [2, '7', ['fit', ARM, '--columns', '7', '--out', 'x.json']],
    [2, '9', ['fit', ARM, '--grippers', '9', '--out', 'x.json']],
    [2, "'torque'", ['fit', ARM, '--feature', 'torque', '--out', 'x.json']],
    [
      2,
      '10 steps do not determine 40 control points',
      ['fit', ARM, '--points', '40', '--steps', '10', '--out', 'x.json'],
    ],
    [1, 'from 0 to 9; got 99', ['fit', ARM, '--episodes', '99', '--out', 'x.json']],
    [2, '--episodes is a list', ['fit', ARM, '--episodes', '3-5', '--out', 'x.json']],
    [1, 'holds no actions', ['fit', 'nothing', '--out', 'x.json']],
    [2, '--tokenizer is missing', ['encode', ARM]],
    [1, 'nothing.json', ['encode', ARM, '-t', 'nothing.json']],
    [1, 'nothing.json', ['decode', 'nothing.parquet', '-t', 'nothing.json', '--out', 'x']],
    [2, '--tokenizer is missing', ['eval', ARM]],
  ])('exits with %i: %s', async (code, message, argv) => {
    const result = await run(...argv);
    expect(result.code, result.stderr).toBe(code);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('unexpected error');
  });

  it('of one input leaves the others', async () => {
    await cp(ARM, join(cwd, 'broken'), { recursive: true });
    await writeFile(join(cwd, 'broken/data/chunk-000/file-000.parquet'), 'PAR1 and nothing else');
    const { code, stdout, stderr } = await run(
      'fit',
      'broken',
      ARM,
      '--steps',
      '20',
      '--out',
      'x.json',
      '--json',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('broken');
    expect(json(stdout)).toMatchObject({ episodes: 10, failures: [{ input: 'broken' }] });
  });

  it('is a tokenizer of other columns, or none', async () => {
    await fitted();
    const other = await run('encode', PAIR, '-t', 'tokenizer.json', '--out', 'x.parquet');
    expect(other.code).toBe(2);
    await writeFile(join(cwd, 'none.json'), '{"type": "binary"}');
    const none = await run('encode', ARM, '-t', 'none.json', '--out', 'x.parquet');
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining("'none.json': An action pipeline is"),
    ]);
  });

  it('is a table of another tokenizer, and leaves nothing behind', async () => {
    await fitted();
    await run('encode', ARM, '-t', 'tokenizer.json', '--out', 'tokens.parquet');
    await run('fit', PAIR, '--steps', '10', '--points', '5', '--out', 'other.json');
    const { code, stderr } = await run('decode', 'tokens.parquet', '-t', 'other.json', '--out', 'back');
    expect([code, stderr]).toEqual([1, expect.stringContaining('VOCABULARY_MISMATCH')]);
    await rm(join(cwd, 'back'), { recursive: true });
  });
});
