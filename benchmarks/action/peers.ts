import path from 'node:path';
import { type Peer, startAvailable } from '../harness/peer.js';
import { CACHE, HERE } from './paths.js';

/** One thread each: a control loop has one chunk at a time. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Starts a program of `peers/` in the environment that `setup.sh` makes; undefined, and said so, where there is none. */
export async function startPython(script: string): Promise<Peer | undefined> {
  const command = [path.join(CACHE, 'venv/bin/python'), path.join(HERE, 'peers', script)];
  const [peer] = await startAvailable(
    [{ name: script, command, env: ONE_THREAD }],
    'benchmarks/action/setup.sh',
  );
  return peer;
}
