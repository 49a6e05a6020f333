export * from './hypertokens/index.js';
export * from './segmentation/index.js';
