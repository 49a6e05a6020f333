import { Worker } from 'node:worker_threads';
import type { StartThread } from '../kernels/wasm/thread-crew.js';

/** Starts threads for `createThreadedKernels` as Node workers, which do not keep the process alive. */
export const startKernelThread: StartThread = (source, data, died) =>
  new Promise((resolve, reject) => {
    const text = `const { parentPort, workerData } = require('node:worker_threads'); ${source}(workerData, () => parentPort.postMessage('ready'));`;
    const worker = new Worker(text, { eval: true, workerData: data, execArgv: [] });
    const fail = (cause: unknown) => {
      died(cause);
      reject(cause);
    };
    worker.once('message', () => {
      worker.unref();
      resolve(worker);
    });
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`The worker ended with exit code ${code}.`)));
  });
