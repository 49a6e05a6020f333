import type { DatasetSink } from '../dataset-files.js';
import { numberColumn, ParquetSink, textColumn } from '../parquet-sink.js';
import { TASKS_PATH } from './layout.js';

/** Tells pandas that the column `task` is the index of the table, where LeRobot looks for it. */
const TASKS_INDEX = {
  index_columns: ['task'],
  column_indexes: [
    {
      name: null,
      field_name: null,
      pandas_type: 'unicode',
      numpy_type: 'object',
      metadata: { encoding: 'UTF-8' },
    },
  ],
  columns: [
    {
      name: 'task_index',
      field_name: 'task_index',
      pandas_type: 'int64',
      numpy_type: 'int64',
      metadata: null,
    },
    { name: 'task', field_name: 'task', pandas_type: 'unicode', numpy_type: 'object', metadata: null },
  ],
  creator: { library: 'polytok', version: '0.1.0' },
  pandas_version: '2.0.0',
};

/**
 * Writes `meta/tasks.parquet`.
 * @param tasks index by text
 * @throws PolytokError `IO`
 */
export async function writeTaskTable(sink: DatasetSink, tasks: ReadonlyMap<string, number>): Promise<void> {
  const parquet = await ParquetSink.create(sink, TASKS_PATH, {
    columns: [numberColumn('task_index', 'INT64'), textColumn('task')],
    metadata: { pandas: JSON.stringify(TASKS_INDEX) },
  });
  try {
    await parquet.write([
      { name: 'task_index', data: BigInt64Array.from(tasks.values(), BigInt) },
      { name: 'task', data: [...tasks.keys()] },
    ]);
    await parquet.commit();
  } finally {
    await parquet.abort();
  }
}
