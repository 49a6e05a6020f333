/**
 * Runs the kernel benchmarks, all or those named, each in its own process.
 *
 *   pnpm kernels [--quick] [--wait seconds] [peak nearest memory vote threads kmeans start gpu]
 */
import { runBenchmarks } from '../harness/run-benchmarks.js';
import { HERE } from './paths.js';

runBenchmarks(HERE, ['peak', 'nearest', 'memory', 'vote', 'threads', 'kmeans', 'start', 'gpu']);
