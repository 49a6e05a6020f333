export * from './contract.js';
export * from './reference/create-reference-kernels.js';
export * from './wasm/create-threaded-kernels.js';
export * from './wasm/create-wasm-kernels.js';
export type { KernelThread, StartThread } from './wasm/thread-crew.js';
