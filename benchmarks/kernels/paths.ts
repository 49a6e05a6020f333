import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = path.dirname(fileURLToPath(import.meta.url));
/** Everything that benchmarks make or fetch; ignored by git. */
export const CACHE = path.join(HERE, '.cache');
export const BUNDLES = path.join(CACHE, 'bundles');
export const INPUTS = path.join(CACHE, 'inputs');
export const RESULTS = path.join(CACHE, 'results');
export const SCRATCH = path.join(CACHE, 'scratch');
/** What brings the peers. */
export const SETUP = 'benchmarks/kernels/setup.sh';
