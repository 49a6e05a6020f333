export { BEAST_PRESETS, type BeastOptions } from './beast/beast-options.js';
export * from './beast/beast-tokenizer.js';
export * from './beast/fit-beast-bounds.js';
export type { WeightBounds } from './beast/weight-bounds.js';
export type * from './contract.js';
export * from './spline/basis.js';
export * from './spline/knots.js';
export * from './spline/ridge-projection.js';
