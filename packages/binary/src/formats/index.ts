/** Reading ELF, PE and Mach-O files: what they are, which parts they have, and where each byte belongs. */
export * from './contract.js';
export { detectFormat } from './detect-format.js';
export { PACKED_ENTROPY, sectionEntropy } from './entropy.js';
export { FileMap } from './file-map.js';
export { instructionGrid } from './instruction-grid.js';
export { MAX_FAT_SLICES, MAX_ISSUES, MAX_NAME_BYTES, MAX_SECTIONS } from './limits.js';
export { type ReadExecutableOptions, readExecutable } from './read-executable.js';
export { type Region, type RegionKind, regions } from './regions.js';
