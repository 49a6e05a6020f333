/**
 * Learning rates that follow a plan. The rate of step s is the one that the scheduler of `torch.optim.lr_scheduler` named
 * below gives after s − 1 calls of its `step()`; after its last step a plan holds its last rate.
 */
import { requireChoice, requireFiniteNumber, requireInteger, requirePositive } from '../../arguments.js';
import { PolytokError } from '../../errors.js';

/** Learning rate of each step, from 1 on. */
export type Schedule = (step: number) => number;

/** How a rate goes from one value to another. */
export type RateShape = 'cosine' | 'linear';

const SHAPES: readonly RateShape[] = ['cosine', 'linear'];

/** The same rate in every step. @throws PolytokError `INVALID_ARGUMENT` */
export function constantRate(rate: number): Schedule {
  requirePositive(rate, 'rate');
  return () => rate;
}

export interface WarmupRateOptions {
  /** Reached in the last step of the warm-up. */
  readonly rate: number;
  /** Steps of the warm-up, at least 1. */
  readonly warmup: number;
  /** Rate of the first step. Default: rate / warmup, so that the rate is proportional to the step. */
  readonly startRate?: number;
}

/** Linear warm-up, and the same rate from there on: `LinearLR` with `total_iters = warmup - 1`. @throws PolytokError `INVALID_ARGUMENT` */
export function warmupRate({ rate, warmup, startRate }: WarmupRateOptions): Schedule {
  requirePositive(rate, 'rate');
  requireInteger(warmup, 'warmup', { minimum: 1 });
  const start = startRate ?? rate / warmup;
  requireNotNegative(start, 'startRate');
  return (step) => (step >= warmup ? rate : between(start, rate, (step - 1) / (warmup - 1), 'linear'));
}

export interface CosineRateOptions {
  /** Of the first step. */
  readonly rate: number;
  /** Steps after which the last rate is reached, at least 1. */
  readonly steps: number;
  /** Default: 0. */
  readonly endRate?: number;
}

/** Half a cosine from the first rate to the last: `CosineAnnealingLR` with `T_max = steps`. @throws PolytokError `INVALID_ARGUMENT` */
export function cosineRate({ rate, steps, endRate = 0 }: CosineRateOptions): Schedule {
  return decayRate({ rate, steps, endRate, shape: 'cosine' });
}

export interface WarmupDecayRateOptions extends WarmupRateOptions {
  /** Steps in all, those of the warm-up included; more than `warmup`. */
  readonly steps: number;
  /** Reached after the last step. Default: 0. */
  readonly endRate?: number;
  /** Of the decay. Default: 'cosine'. */
  readonly shape?: RateShape;
}

/**
 * Linear warm-up, then a decay from the step behind it: `SequentialLR` of `LinearLR` and, by shape, `CosineAnnealingLR` or
 * `LinearLR`. @throws PolytokError `INVALID_ARGUMENT`
 */
export function warmupDecayRate(options: WarmupDecayRateOptions): Schedule {
  const { rate, warmup, steps, endRate = 0, shape = 'cosine' } = options;
  const rise = warmupRate(options);
  requireInteger(steps, 'steps', { minimum: warmup + 1 });
  const fall = decayRate({ rate, steps: steps - warmup, endRate, shape });
  return (step) => (step <= warmup ? rise(step) : fall(step - warmup));
}

export interface OneCycleRateOptions {
  /** `max_lr`: the largest rate. */
  readonly rate: number;
  /** `total_steps`, at least 1. */
  readonly steps: number;
  /** Steps of the rise, `pct_start * total_steps`: above 0 and below `steps`. Default: 0.3 · steps. */
  readonly warmup?: number;
  /** `div_factor`: the first rate is the largest divided by it. Default: 25. */
  readonly startDivisor?: number;
  /** `final_div_factor`: the last rate is the first divided by it. Default: 10000. */
  readonly endDivisor?: number;
  /** `anneal_strategy`. Default: 'cosine'. */
  readonly shape?: RateShape;
  /** 3 for `three_phase`: back to the first rate in as many steps as the rise has, then down. Default: 2. */
  readonly phases?: 2 | 3;
}

/**
 * Up to the largest rate and down to a small one (Smith and Topin, arXiv 1708.07120): `OneCycleLR` with
 * `cycle_momentum=False`. @throws PolytokError `INVALID_ARGUMENT`
 */
export function oneCycleRate(options: OneCycleRateOptions): Schedule {
  const { rate, steps, warmup = 0.3 * steps, startDivisor = 25, endDivisor = 1e4 } = options;
  const { shape = 'cosine', phases = 2 } = options;
  requirePositive(rate, 'rate');
  requireInteger(steps, 'steps', { minimum: 1 });
  requirePositive(warmup, 'warmup');
  requirePositive(startDivisor, 'startDivisor');
  requirePositive(endDivisor, 'endDivisor');
  requireChoice(shape, 'shape', SHAPES);
  requireInteger(phases, 'phases', { minimum: 2, maximum: 3 });
  if (warmup * (phases - 1) >= steps) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'warmup' takes ${warmup} of ${steps} steps${phases === 3 ? ', twice' : ''}; some must be left for the fall.`,
      { details: { warmup, steps, phases } },
    );
  }
  const first = rate / startDivisor;
  const last = first / endDivisor;
  // Ends of the phases, counted from 0 as by PyTorch, and rates there; the first one begins at 0.
  const ends = phases === 2 ? [warmup - 1, steps - 1] : [warmup - 1, 2 * warmup - 2, steps - 1];
  const rates = phases === 2 ? [first, rate, last] : [first, rate, first, last];
  return (step) => {
    const time = Math.min(step, steps) - 1;
    const phase = ends.findIndex((end) => time <= end);
    const start = phase === 0 ? 0 : ends[phase - 1];
    // A rise of one step has no length; it ends where it begins.
    const share = ends[phase] === start ? 1 : (time - start) / (ends[phase] - start);
    return between(rates[phase], rates[phase + 1], share, shape);
  };
}

function decayRate({
  rate,
  steps,
  endRate,
  shape,
}: Required<CosineRateOptions> & { readonly shape: RateShape }): Schedule {
  requirePositive(rate, 'rate');
  requireInteger(steps, 'steps', { minimum: 1 });
  requireNotNegative(endRate, 'endRate');
  requireChoice(shape, 'shape', SHAPES);
  return (step) => between(rate, endRate, Math.min(1, (step - 1) / steps), shape);
}

/** From `start`, at share 0, to `end`, at share 1. */
function between(start: number, end: number, share: number, shape: RateShape): number {
  if (shape === 'linear') return start + (end - start) * share;
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * share));
}

function requireNotNegative(value: number, name: string): void {
  requireFiniteNumber(value, name);
  if (value < 0) {
    throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be at least 0; got ${value}.`, {
      details: { name, value },
    });
  }
}
