/** polytok as a peer: `node polytok.mjs <reproducible | fast> <threads>`. */
import { createThreadedKernels, createWasmKernels } from '@polytok/common/kernels';
import { startKernelThread } from '@polytok/common/node';
import { polytokOperations } from './polytok-operations.js';
import { serve } from './serve.js';

const arithmetic = process.argv[2] as 'reproducible' | 'fast';
const threads = Number(process.argv[3]);
await serve('source', async () =>
  polytokOperations(
    threads === 1
      ? createWasmKernels({ arithmetic })
      : await createThreadedKernels({ arithmetic, threads, startThread: startKernelThread }),
  ),
);
