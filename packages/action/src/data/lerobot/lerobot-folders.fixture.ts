/** For tests: small data sets in memory. */
import { MemoryDataset, writeDatasetFile } from '../dataset-files.js';
import { listColumn, numberColumn, ParquetSink } from '../parquet-sink.js';

/** Episodes of two columns; a frame is `[episode, frame]`. */
export const LENGTHS = [3, 0, 5, 2];

export const frameValues = (episode: number, frames: number) =>
  Array.from({ length: frames }, (_, frame) => [episode, frame]);

const text = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
const lines = (rows: readonly unknown[]) =>
  new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n'));

/** A Parquet file of frames, whose row groups have so many rows; the last one fewer. */
export async function writeFrames(
  dataset: MemoryDataset,
  path: string,
  rows: readonly { readonly episode: number; readonly action: readonly (number | undefined)[] }[],
  groupRows = 4,
): Promise<void> {
  const parquet = await ParquetSink.create(dataset, path, {
    columns: [listColumn('action', numberColumn('action', 'FLOAT')), numberColumn('episode_index', 'INT64')],
  });
  for (let start = 0; start < rows.length; start += groupRows) {
    const group = rows.slice(start, start + groupRows);
    await parquet.write([
      { name: 'action', data: group.map(({ action }) => action) },
      { name: 'episode_index', data: group.map(({ episode }) => BigInt(episode)) },
    ]);
  }
  await parquet.commit();
}

/** Version 2.1: a file for each episode, and lines of JSON. */
export async function v21Dataset(): Promise<MemoryDataset> {
  const dataset = new MemoryDataset();
  await writeDatasetFile(
    dataset,
    'meta/info.json',
    text({
      codebase_version: 'v2.1',
      robot_type: 'arm',
      fps: 20,
      total_episodes: LENGTHS.length,
      total_frames: 10,
      chunks_size: 2,
      data_path: 'data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet',
      features: {
        action: { dtype: 'float32', shape: [2], names: { motors: ['elbow', 'gripper'] } },
        'observation.image': { dtype: 'video', shape: [480, 640, 3], names: ['height', 'width', 'channels'] },
      },
    }),
  );
  const episodes = LENGTHS.map((length, episode_index) => ({
    episode_index,
    tasks: [`task ${episode_index}`],
    length,
  }));
  await writeDatasetFile(dataset, 'meta/episodes.jsonl', lines(episodes));
  const stats = (episode_index: number, value: number, count: number) => ({
    episode_index,
    stats: {
      action: { min: [value, 0], max: [value, 1], mean: [value, 0.5], std: [0, 0.5], count: [count] },
    },
  });
  await writeDatasetFile(dataset, 'meta/episodes_stats.jsonl', lines([stats(0, 1, 2), stats(2, 4, 1)]));
  for (const [episode, length] of LENGTHS.entries()) {
    const path = `data/chunk-00${Math.floor(episode / 2)}/episode_00000${episode}.parquet`;
    const rows = frameValues(episode, length).map((action) => ({ episode, action }));
    await writeFrames(dataset, path, rows, 2);
  }
  return dataset;
}

/** Version 3.0: all episodes in one file, across row groups. */
export async function v30Dataset(): Promise<MemoryDataset> {
  const dataset = new MemoryDataset();
  await writeDatasetFile(
    dataset,
    'meta/info.json',
    text({
      codebase_version: 'v3.0',
      fps: 20,
      total_episodes: LENGTHS.length,
      total_frames: 10,
      chunks_size: 1000,
      data_path: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
      features: { action: { dtype: 'float32', shape: [2], names: ['elbow', 'gripper'] } },
    }),
  );
  const integers = ['episode_index', 'length', 'data/chunk_index', 'data/file_index'];
  const path = 'meta/episodes/chunk-000/file-000.parquet';
  const parquet = await ParquetSink.create(dataset, path, {
    columns: integers.map((name) => numberColumn(name, 'INT64')),
  });
  const columns = [LENGTHS.map((_, index) => index), LENGTHS, LENGTHS.map(() => 0), LENGTHS.map(() => 0)];
  await parquet.write(integers.map((name, at) => ({ name, data: columns[at].map(BigInt) })));
  await parquet.commit();
  await writeFrames(
    dataset,
    'data/chunk-000/file-000.parquet',
    LENGTHS.flatMap((length, episode) => frameValues(episode, length).map((action) => ({ episode, action }))),
  );
  return dataset;
}
