export {
  type DatasetFile,
  type DatasetFiles,
  type DatasetSink,
  type DatasetSinkFile,
  MemoryDataset,
} from './dataset-files.js';
export {
  type EpisodeFrames,
  LeRobotWriter,
  type LeRobotWriterOptions,
  type VectorFeature,
} from './lerobot/lerobot-writer.js';
