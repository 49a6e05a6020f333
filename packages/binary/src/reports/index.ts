/** What one wants to know about executables and their tokens, as plain data: sections, groups, evaluations. */
export { MAX_ALIGNED_BYTES } from './code-sections.js';
export * from './evaluate-binary.js';
export { fileGroup } from './file-group.js';
export * from './instruction-starts.js';
export type { Parity } from './parity.js';
export * from './section-report.js';
export * from './section-tokens.js';
