import type { Executable } from '../formats/index.js';

/** Group of a file in comparisons: format and architecture, such as `ELF arm64`; `raw` for bytes of no known format. */
export function fileGroup({ format, architecture }: Executable): string {
  return format === 'raw' ? format : `${format} ${architecture}`;
}
