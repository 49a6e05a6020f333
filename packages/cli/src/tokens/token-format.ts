import { extname } from 'node:path';
import { TOKEN_FORMATS, type TokenFormat } from '@polytok/common/io';

/** Format by the end of a file's name, such as `.u32`. */
export function formatOfName(path: string): TokenFormat | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return TOKEN_FORMATS.find((format) => format === extension);
}

export const TOKEN_EXTENSIONS = TOKEN_FORMATS.map((format) => `.${format}`);
