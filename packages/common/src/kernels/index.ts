export * from './contract.js';
export { logMelFrames } from './log-mel/frames.js';
export * from './log-mel/log-mel-options.js';
export type { MelScale } from './log-mel/mel-scale.js';
export * from './log-mel/whisper-scale.js';
export * from './reference/create-reference-kernels.js';
export * from './wasm/create-threaded-kernels.js';
export * from './wasm/create-wasm-kernels.js';
export type { KernelThread, StartThread } from './wasm/thread-crew.js';
