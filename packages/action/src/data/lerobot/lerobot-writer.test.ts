import { type AsyncBuffer, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { type DatasetSink, MemoryDataset } from '../dataset-files.js';
import { LeRobotWriter, type LeRobotWriterOptions } from './lerobot-writer.js';

const features = {
  action: { names: ['elbow', 'gripper'], units: ['rad', 'm'], grippers: [1] },
  'observation.state': { names: ['elbow'], dtype: 'float64' },
} as const;

/** Three episodes; the second is empty. */
async function write(options: Partial<LeRobotWriterOptions> = {}): Promise<MemoryDataset> {
  const dataset = new MemoryDataset();
  const writer = new LeRobotWriter(dataset, { fps: 10, features, robotType: 'arm', ...options });
  const values = (action: number[], state: number[]) => ({
    action: Float32Array.from(action),
    'observation.state': Float64Array.from(state),
  });
  expect(await writer.addEpisode({ task: 'reach', values: values([1, 0, 2, 0], [0.5, 1.5]) })).toBe(0);
  expect(await writer.addEpisode({ task: 'wait', values: values([], []) })).toBe(1);
  expect(await writer.addEpisode({ task: 'reach', values: values([3, 1], [2.5]) })).toBe(2);
  await writer.finish();
  return dataset;
}

const json = (dataset: MemoryDataset, path: string) =>
  JSON.parse(new TextDecoder().decode(dataset.files.get(path)));

const rows = async (dataset: MemoryDataset, path: string) =>
  parquetReadObjects({ file: dataset.files.get(path)?.slice().buffer as AsyncBuffer });

describe('LeRobotWriter', () => {
  it('says last what the data set holds', async () => {
    const dataset = await write();
    expect([...dataset.files.keys()]).toEqual([
      'data/chunk-000/file-000.parquet',
      'meta/episodes/chunk-000/file-000.parquet',
      'meta/tasks.parquet',
      'meta/stats.json',
      'meta/info.json',
    ]);
    const scalar = (dtype: string) => ({ dtype, shape: [1], names: null });
    expect(json(dataset, 'meta/info.json')).toEqual({
      codebase_version: 'v3.0',
      robot_type: 'arm',
      total_episodes: 3,
      total_frames: 3,
      total_tasks: 2,
      chunks_size: 1000,
      data_files_size_in_mb: 100,
      video_files_size_in_mb: 200,
      fps: 10,
      splits: { train: '0:3' },
      data_path: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
      video_path: null,
      features: {
        action: {
          dtype: 'float32',
          shape: [2],
          names: ['elbow', 'gripper'],
          info: { units: ['rad', 'm'], grippers: [1] },
        },
        'observation.state': { dtype: 'float64', shape: [1], names: ['elbow'] },
        timestamp: scalar('float32'),
        frame_index: scalar('int64'),
        episode_index: scalar('int64'),
        index: scalar('int64'),
        task_index: scalar('int64'),
      },
    });
  });

  it('writes a row for each frame', async () => {
    const last = { frame_index: 0n, episode_index: 2n, index: 2n, task_index: 0n, timestamp: 0 };
    expect(await rows(await write(), 'data/chunk-000/file-000.parquet')).toEqual([
      expect.objectContaining({ action: [1, 0], 'observation.state': 0.5, frame_index: 0n, index: 0n }),
      expect.objectContaining({ action: [2, 0], 'observation.state': 1.5, frame_index: 1n, index: 1n }),
      { action: [3, 1], 'observation.state': 2.5, ...last },
    ]);
  });

  it('writes a row for each episode, and each task once', async () => {
    const dataset = await write();
    const [first, empty] = await rows(dataset, 'meta/episodes/chunk-000/file-000.parquet');
    expect(first).toMatchObject({
      episode_index: 0n,
      tasks: ['reach'],
      length: 2n,
      'data/chunk_index': 0n,
      'data/file_index': 0n,
      dataset_from_index: 0n,
      dataset_to_index: 2n,
      'stats/action/max': [2, 0],
      'stats/action/count': [2n],
    });
    expect(empty).toMatchObject({ length: 0n, tasks: ['wait'], 'stats/action/max': [] });
    expect(await rows(dataset, 'meta/tasks.parquet')).toEqual([
      { task_index: 0n, task: 'reach' },
      { task_index: 1n, task: 'wait' },
    ]);
  });

  it('writes statistics of the whole', async () => {
    const { action } = json(await write(), 'meta/stats.json');
    expect(action).toMatchObject({ count: [3], min: [1, 0], max: [3, 1], mean: [2, 1 / 3], q50: [2, 0] });
    expect(Object.keys(action)).toEqual([
      ...['count', 'min', 'max', 'mean', 'std'],
      ...['q01', 'q10', 'q50', 'q90', 'q99'],
    ]);
  });

  it('starts another file when one is full', async () => {
    const dataset = await write({ maxFileBytes: 1 });
    const files = [...dataset.files.keys()].filter((path) => path.startsWith('data/'));
    expect(files).toEqual([0, 1, 2].map((file) => `data/chunk-000/file-00${file}.parquet`));
    const episodes = await rows(dataset, 'meta/episodes/chunk-000/file-000.parquet');
    expect(episodes.map((episode) => episode['data/file_index'])).toEqual([0n, 1n, 2n]);
  });
});

describe('what cannot be written', () => {
  const refusal = (details: object) =>
    expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) });
  const writer = () => new LeRobotWriter(new MemoryDataset(), { fps: 10, features });
  const one = { action: Float32Array.of(1, 2), 'observation.state': Float32Array.of(1) };

  it.each([
    ['a feature too few', { action: one.action }, { feature: 'observation.state' }],
    ['a feature too many', { ...one, torque: one.action }, { feature: 'torque' }],
    ['uneven lengths', { ...one, 'observation.state': Float32Array.of(1, 2) }, { lengths: [1, 2] }],
    ['NaN', { ...one, action: Float32Array.of(0, Number.NaN) }, { step: 0, column: 1 }],
  ])('refuses %s, and goes on', async (_, values, details) => {
    const to = writer();
    await expect(to.addEpisode({ task: '', values })).rejects.toThrow(refusal(details));
    expect(await to.addEpisode({ task: '', values: one })).toBe(0);
  });

  it('refuses features that LeRobot writes itself, and none', () => {
    const of = (other: LeRobotWriterOptions['features']) => () =>
      new LeRobotWriter(new MemoryDataset(), { fps: 10, features: other });
    expect(of({ timestamp: features.action })).toThrow(refusal({ feature: 'timestamp' }));
    expect(of({ 'a/b': features.action })).toThrow(refusal({ feature: 'a/b' }));
    expect(of({})).toThrow(refusal({}));
  });

  it('leaves no complete data set behind when writing fails', async () => {
    const dataset = new MemoryDataset();
    const failing: DatasetSink = {
      create: async (path) => {
        if (path === 'meta/stats.json') throw new Error('the disk is full');
        return dataset.create(path);
      },
    };
    const to = new LeRobotWriter(failing, { fps: 10, features });
    await to.addEpisode({ task: 'reach', values: one });
    await expect(to.finish()).rejects.toThrow('the disk is full');
    expect(dataset.files.has('meta/info.json')).toBe(false);
    await expect(to.addEpisode({ task: 'reach', values: one })).rejects.toThrow(refusal({ state: 'failed' }));
  });
});
