import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = path.dirname(fileURLToPath(import.meta.url));
/** Everything that benchmarks make; ignored by git. */
export const CACHE = path.join(HERE, '.cache');
