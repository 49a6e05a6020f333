export * from './mcap-tracks.js';
export type { ResampleMethod } from './resample.js';
