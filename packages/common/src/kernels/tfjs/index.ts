export * from './create-tfjs-kernels.js';
export type { Tfjs, TfjsTensor } from './tfjs.js';
