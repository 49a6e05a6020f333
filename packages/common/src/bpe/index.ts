export * from './merge-table.js';
export * from './train/index.js';
