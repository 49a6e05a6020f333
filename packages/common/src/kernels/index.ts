export * from './contract.js';
export * from './reference/create-reference-kernels.js';
export * from './wasm/create-wasm-kernels.js';
