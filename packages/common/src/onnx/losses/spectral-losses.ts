import type { LogMelOptions } from '../../kernels/log-mel/log-mel-options.js';
import type { Value } from '../graph/graph.js';
import { log, sqrt, square } from '../ops/activation.js';
import { add, divide, subtract } from '../ops/arithmetic.js';
import { reduceSum } from '../ops/reduce.js';
import { logMel, type StftOptions, stftMagnitude } from '../ops/spectrum.js';
import { l1Loss } from './distance-losses.js';

/**
 * Mean difference of log-mel levels, in powers of ten (as mel-spectrogram losses of vocoders and codecs; HiFi-GAN,
 * arXiv 2010.05646).
 * @param y `[batch, samples]`
 * @param target `[batch, samples]`
 */
export function logMelLoss(y: Value, target: Value, options: LogMelOptions): Value {
  return l1Loss(logMel(y, options), logMel(target, options));
}

/**
 * Spectral convergence and mean difference of log magnitudes (Yamamoto et al., arXiv 1910.11480, equations 4 and 5), with S
 * the magnitudes: ‖S(t) − S(y)‖ / ‖S(t)‖ + mean |ln S(t) − ln S(y)|. A multi-resolution loss is the mean over several options.
 * @param y `[batch, samples]`
 * @param target `[batch, samples]`
 */
export function stftLoss(y: Value, target: Value, options: StftOptions = {}): Value {
  const [ours, theirs] = [stftMagnitude(y, options), stftMagnitude(target, options)];
  const norm = (x: Value) => sqrt(reduceSum(square(x)));
  const convergence = divide(norm(subtract(theirs, ours)), norm(theirs));
  return add(convergence, l1Loss(log(ours), log(theirs)));
}
