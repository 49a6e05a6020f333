export * from './dataset-folder.js';
