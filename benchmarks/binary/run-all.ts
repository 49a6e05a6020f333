/**
 * Runs the binary benchmarks, all or those named, each in its own process.
 *
 *   pnpm binary [--quick] [--wait seconds] [encode growth workers stream load train quality]
 */
import { runBenchmarks } from '../harness/run-benchmarks.js';
import { HERE } from './paths.js';

runBenchmarks(HERE, ['encode', 'growth', 'workers', 'stream', 'load', 'train', 'quality']);
