export * from './csv/csv-tracks.js';
export {
  type DatasetFile,
  type DatasetFiles,
  type DatasetSink,
  type DatasetSinkFile,
  MemoryDataset,
} from './dataset-files.js';
export * from './joint-trajectory.js';
export type { EpisodeEntry } from './lerobot/episode-index.js';
export {
  type EpisodeOptions,
  LeRobotDataset,
  type LeRobotEpisode,
  type StatisticsOptions,
} from './lerobot/lerobot-dataset.js';
export type { LeRobotFeature, LeRobotInfo } from './lerobot/lerobot-info.js';
export {
  type EpisodeFrames,
  LeRobotWriter,
  type LeRobotWriterOptions,
} from './lerobot/lerobot-writer.js';
export type { VectorFeature } from './lerobot/vector-feature.js';
export * from './npy-tracks.js';
export * from './token-table.js';
