import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DatasetFiles, MemoryDataset } from '../dataset-files.js';
import { type EpisodeOptions, LeRobotDataset } from './lerobot-dataset.js';
import { frameValues, LENGTHS, v21Dataset, v30Dataset, writeFrames } from './lerobot-folders.fixture.js';
import { LeRobotWriter } from './lerobot-writer.js';

async function read(files: DatasetFiles, options?: EpisodeOptions) {
  const episodes = [];
  for await (const episode of (await LeRobotDataset.open(files)).tracks(options)) episodes.push(episode);
  return episodes;
}

function editInfo(dataset: MemoryDataset, change: (info: Record<string, never>) => object): void {
  const info = JSON.parse(new TextDecoder().decode(dataset.files.get('meta/info.json')));
  dataset.files.set('meta/info.json', new TextEncoder().encode(JSON.stringify({ ...info, ...change(info) })));
}

const failure = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

describe.each([
  ['v3.0, episodes across row groups', v30Dataset],
  ['v2.1, a file for each episode', v21Dataset],
])('%s', (_, dataset) => {
  it('gives the episodes in order, also the empty one', async () => {
    const episodes = await read(await dataset());
    expect(episodes.map(({ track }) => [...track.values])).toEqual(
      LENGTHS.map((length, episode) => frameValues(episode, length).flat()),
    );
    expect(episodes[2].track).toMatchObject({
      names: ['elbow', 'gripper'],
      fps: 20,
      kind: 'absolute',
      grippers: [],
    });
  });

  it('gives the episodes, columns and grippers that are asked for', async () => {
    const episodes = await read(await dataset(), {
      episodes: [3, 2],
      columns: 'gripper',
      grippers: 'gripper',
    });
    expect(episodes.map(({ index }) => index)).toEqual([2, 3]);
    expect(episodes[0].track).toMatchObject({ names: ['gripper'], grippers: [0], steps: 5 });
    expect([...episodes[0].track.values]).toEqual([0, 1, 2, 3, 4]);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const episodes = (await LeRobotDataset.open(await dataset())).tracks({ signal: controller.signal });
    await episodes.next();
    controller.abort();
    await expect(episodes.next()).rejects.toThrow(failure('ABORTED'));
  });

  it('refuses features, columns and episodes that are not there', async () => {
    const files = await dataset();
    await expect(read(files, { feature: 'torque' })).rejects.toThrow(
      failure('UNKNOWN_NAME', { feature: 'torque' }),
    );
    await expect(read(files, { columns: 'wrist' })).rejects.toThrow(
      failure('UNKNOWN_NAME', { column: 'wrist', available: ['elbow', 'gripper'] }),
    );
    await expect(read(files, { episodes: [4] })).rejects.toThrow(failure('INVALID_ARGUMENT', { value: 4 }));
  });
});

describe('statistics', () => {
  it('of v2.1 are those of its episodes, without quantiles, or computed', async () => {
    const dataset = await LeRobotDataset.open(await v21Dataset());
    expect(await dataset.statistics('action', { compute: 'never' })).toEqual({
      count: 3,
      min: [1, 0],
      max: [4, 1],
      mean: [2, 0.5],
      std: [expect.closeTo(Math.SQRT2, 12), 0.5],
    });
    expect(await dataset.statistics()).toMatchObject({ count: 10, max: [3, 4], q50: [2, 1] });
  });

  it('are missing where nobody stored them, or computed', async () => {
    const dataset = await LeRobotDataset.open(await v30Dataset());
    await expect(dataset.statistics('action', { compute: 'never' })).rejects.toThrow(
      failure('UNAVAILABLE', { feature: 'action' }),
    );
    expect(await dataset.statistics()).toMatchObject({ count: 10, min: [0, 0], max: [3, 4] });
  });

  it('are those that the data set stores', async () => {
    const files = await v30Dataset();
    const stored = { count: [9], min: [0, 0], max: [1, 1], mean: [0, 0], std: [1, 1] };
    const store = (action: object) =>
      files.files.set('meta/stats.json', new TextEncoder().encode(JSON.stringify({ action })));
    store(stored);
    const dataset = await LeRobotDataset.open(files);
    expect(await dataset.statistics('action', { compute: 'never' })).toEqual({ ...stored, count: 9 });
    store({ ...stored, std: [1, null] });
    await expect(dataset.statistics()).rejects.toThrow(failure('INVALID_FORMAT'));
  });
});

describe('what the writer writes', () => {
  const joints = {
    names: ['a', 'b', 'grip'],
    units: ['rad', 'rad', 'm'],
    kind: 'absolute',
    grippers: [2],
  } as const;

  it('is read back, whatever the lengths, over several files', async () => {
    const lengths = fc.array(fc.nat(40), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 4000 }), async (episodes, maxFileBytes) => {
        const dataset = new MemoryDataset();
        const writer = new LeRobotWriter(dataset, {
          fps: 50,
          features: { action: joints, 'observation.state': { ...joints, dtype: 'float64' } },
          maxFileBytes,
        });
        const valuesOf = (index: number, length: number) => ({
          action: Float32Array.from({ length: 3 * length }, (_, i) => index + i / 8),
          'observation.state': Float64Array.from({ length: 3 * length }, (_, i) => index - i / 10),
        });
        for (const [index, length] of episodes.entries()) {
          await writer.addEpisode({ task: `task ${index % 3}`, values: valuesOf(index, length) });
        }
        await writer.finish();
        const back = await read(dataset, { state: 'observation.state' });
        expect(back).toHaveLength(episodes.length);
        for (const { index, tasks, track, state } of back) {
          const { action, 'observation.state': expected } = valuesOf(index, episodes[index]);
          expect(tasks).toEqual([`task ${index % 3}`]);
          expect(track).toMatchObject({ ...joints, values: action });
          expect([...(state?.values ?? [])]).toEqual([...expected]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('has statistics with quantiles', async () => {
    const dataset = new MemoryDataset();
    const writer = new LeRobotWriter(dataset, { fps: 50, features: { action: { names: ['a'] } } });
    await writer.addEpisode({
      task: '',
      values: { action: Float32Array.from({ length: 101 }, (_, i) => i) },
    });
    await writer.finish();
    const statistics = await (await LeRobotDataset.open(dataset)).statistics('action', { compute: 'never' });
    expect(statistics).toMatchObject({ count: 101, q01: [1], q99: [99], mean: [50] });
  });
});

describe('damage', () => {
  it.each([
    ['another version', () => ({ codebase_version: 'v1.6' }), 'UNSUPPORTED', { version: 'v1.6' }],
    ['no frame rate', () => ({ fps: 0 }), 'INVALID_FORMAT', { field: 'fps', file: 'meta/info.json' }],
    [
      'a path outside its folder',
      () => ({ data_path: 'data/{file:03d}' }),
      'INVALID_FORMAT',
      { field: '{file:03d}' },
    ],
    [
      'more episodes than listed',
      () => ({ total_episodes: 9 }),
      'INVALID_FORMAT',
      { expected: 9, actual: 4 },
    ],
    ['endless episodes', () => ({ total_episodes: 1e12 }), 'LIMIT_EXCEEDED', {}],
    [
      'a feature without a shape',
      () => ({ features: { action: { dtype: 'float32' } } }),
      'INVALID_FORMAT',
      { field: 'features.action.shape' },
    ],
    [
      'video',
      () => ({ features: { action: { dtype: 'video', shape: [3] } } }),
      'UNSUPPORTED',
      { feature: 'action' },
    ],
    [
      'lists of another length',
      () => ({ features: { action: { dtype: 'float32', shape: [3], names: null } } }),
      'INVALID_FORMAT',
      { column: 'action', file: 'data/chunk-000/file-000.parquet' },
    ],
  ])('refuses %s', async (_, change, code, details) => {
    const files = await v30Dataset();
    editInfo(files, change);
    await expect(read(files)).rejects.toThrow(failure(code, details));
  });

  it('names what is missing', async () => {
    await expect(LeRobotDataset.open(new MemoryDataset())).rejects.toThrow(
      failure('IO', { path: 'meta/info.json' }),
    );
    const files = await v30Dataset();
    files.files.delete('data/chunk-000/file-000.parquet');
    await expect(read(files)).rejects.toThrow(failure('IO', { path: 'data/chunk-000/file-000.parquet' }));
    files.files.delete('meta/episodes/chunk-000/file-000.parquet');
    await expect(read(files)).rejects.toThrow(
      failure('IO', { path: 'meta/episodes/chunk-000/file-000.parquet' }),
    );
  });

  it.each([
    [
      'NaN',
      [
        { episode: 0, action: [1, 2] },
        { episode: 0, action: [1, NaN] },
      ],
      { episode: 0, step: 1, column: 1 },
    ],
    [
      'a null',
      [
        { episode: 0, action: [1, 2] },
        { episode: 0, action: [1, undefined] },
      ],
      { column: 'action' },
    ],
    [
      'an uneven list',
      [
        { episode: 0, action: [1, 2, 3] },
        { episode: 0, action: [1] },
      ],
      { column: 'action' },
    ],
    [
      'frames of another episode',
      [
        { episode: 0, action: [1, 2] },
        { episode: 1, action: [1, 2] },
      ],
      { row: 1, actual: 1 },
    ],
    ['a frame too few', [{ episode: 0, action: [1, 2] }], { actual: 1 }],
  ])('finds %s, and names the file', async (_, rows, details) => {
    const files = await v21Dataset();
    const path = 'data/chunk-000/episode_000000.parquet';
    const [first, second = first] = rows;
    // Three frames are expected.
    await writeFrames(
      files,
      path,
      rows.length === 1 ? rows : [first, second, { episode: 0, action: [0, 0] }],
    );
    await expect(read(files)).rejects.toThrow(failure('INVALID_FORMAT', { file: path, ...details }));
  });

  it('of any byte of a data file is a typed error, or goes unnoticed', async () => {
    const files = await v30Dataset();
    const path = 'data/chunk-000/file-000.parquet';
    const whole = files.files.get(path) ?? new Uint8Array();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        async (at, byte, length) => {
          const damaged = whole.slice();
          damaged[at] = byte;
          for (const bytes of [damaged, whole.slice(0, length)]) {
            files.files.set(path, bytes);
            await read(files).catch((error) => {
              expect(error).toMatchObject({ name: 'PolytokError', details: { file: path } });
            });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
