/**
 * Connectionist temporal classification (Graves et al. 2006): −log of the probability of all ways in which frames spell
 * the labels, blanks between them and labels repeated.
 *
 * The labels with blanks around them are S = 2L + 1 states. Forward, α_t(s) is the probability of the frames up to t that
 * end in state s; backward, β_t(s) is that of the frames after t from there. Both are logarithms, by one scan each.
 * The gradient of the loss on the log-probability of state s in frame t is −α_t(s)·β_t(s) / Σ_s α_T(s)·β_T(s): the
 * forward pass does not compute β.
 */
import { requireChoice, requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { equalShapes, formatShape, productOf } from '../graph/shape.js';
import { exp, log } from '../ops/activation.js';
import {
  add,
  divide,
  equal,
  greater,
  maximum,
  multiply,
  negate,
  subtract,
  where,
} from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { pad, retyped, slice } from '../ops/concat.js';
import { customGradient } from '../ops/custom-gradient.js';
import { takeAlong } from '../ops/gather.js';
import { scalar } from '../ops/operand.js';
import { reduceMean, reduceSum } from '../ops/reduce.js';
import { expandLike, positionsAlong, reshape, sizesOf, transpose } from '../ops/reshape.js';
import { scan } from '../ops/scan.js';
import { logSoftmax, logSumExp } from '../ops/softmax.js';
import { REDUCTIONS, type ReductionOptions } from './reduction.js';

export const INFEASIBLE_LOSSES = ['infinite', 'zero'] as const;

export interface CtcLossOptions extends ReductionOptions {
  /** `[batch]`, int64: frames that count, the first so many. Default: all. */
  readonly inputLengths?: Value;
  /** `[batch]`, int64: labels that count, the first so many; the others may be any number. Default: all. */
  readonly targetLengths?: Value;
  /** Class of blanks. Default: 0. */
  readonly blank?: number;
  /**
   * The loss of labels that do not fit into their frames, which have no probability: 'infinite', so that training stops
   * and says so, or 'zero', as PyTorch's `zero_infinity`. Its gradient is 0 in both. Default: 'infinite'.
   */
  readonly infeasible?: (typeof INFEASIBLE_LOSSES)[number];
}

/** Logarithm of no probability: finite, so that differences of two are numbers, and below all others. */
const LOG_ZERO = -1e30;

/**
 * The CTC loss, as `torch.nn.functional.ctc_loss` of `log_softmax(logits)`; see the top of this file. The mean divides each
 * loss by its number of labels first.
 * @param logits `[batch, frames, classes]`
 * @param targets `[batch, labels]`, int64, none of them blank
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function ctcLoss(
  logits: Value,
  targets: Value,
  {
    inputLengths,
    targetLengths,
    blank = 0,
    reduction = 'mean',
    infeasible = 'infinite',
  }: CtcLossOptions = {},
): Value {
  requireChoice(reduction, 'reduction', REDUCTIONS);
  requireChoice(infeasible, 'infeasible', INFEASIBLE_LOSSES);
  requireShapes(logits, targets, { inputLengths, targetLengths });
  const classes = logits.shape[2];
  requireInteger(blank, 'blank', { maximum: typeof classes === 'number' ? classes - 1 : undefined });
  const { graph, type } = logits;
  const [batch, frames] = logits.shape;
  const lengths = targetLengths ?? fullLengths(targets);
  const states = withBlanks(targets, lengths, blank);
  const count = states.shape[1];
  const eachFrame = multiply(reshape(positionsAlong(logits, 1), [1, frames, 1]), 0);
  const chosen = add(reshape(states, [batch, 1, count]), eachFrame);
  // `[frames, batch, states]`: the log-probability of each state in each frame.
  const lines = transpose(takeAlong(logSoftmax(logits), chosen), [1, 0, 2]);
  const known = reshape(inputLengths ?? fullLengths(logits), [1, batch, 1]);
  const live = greater(known, reshape(positionsAlong(logits, 1), [frames, 1, 1]));
  const zero = scalar(graph, type, LOG_ZERO);
  const skips = where(
    equal(states, blank),
    zero,
    where(equal(states, shiftRight(states, 2, blank)), zero, 0),
  );
  const places = reshape(positionsAlong(states, 1), [1, count]);
  const last = multiply(reshape(lengths, [batch, 1]), 2);
  const ends = where(
    equal(places, last),
    scalar(graph, type, 0),
    where(equal(places, subtract(last, 1)), 0, zero),
  );
  const start = expandLike(where(equal(places, 0), scalar(graph, type, 0), zero), ends);

  const forward = scan({
    state: [start, skips],
    inputs: [lines, live],
    step: ([alpha, skip], [line, counts]) => {
      const twoBack = add(shiftRight(alpha, 2, LOG_ZERO), skip);
      const reached = add(line, logSum(alpha, shiftRight(alpha, 1, LOG_ZERO), twoBack));
      const next = where(counts, reached, alpha);
      return { state: [next, skip], outputs: [next] };
    },
  });
  const total = logSumExp(add(forward.state[0], ends));
  const possible = greater(total, LOG_ZERO / 2);
  const missing = infeasible === 'zero' ? 0 : Infinity;
  const losses = customGradient(where(possible, negate(total), missing), {
    of: [lines],
    vjp: ([gradient]) => {
      const backward = scan({
        state: [ends, skips],
        inputs: [lines, live],
        reverse: true,
        step: ([beta, skip], [line, counts]) => {
          const onward = add(beta, line);
          const twoOn = shiftLeft(add(onward, skip), 2);
          const before = logSum(onward, shiftLeft(onward, 1), twoOn);
          return { state: [where(counts, before, beta), skip], outputs: [beta] };
        },
      });
      const through = add(forward.outputs[0], backward.outputs[0]);
      const share = exp(subtract(through, reshape(total, [1, batch, 1])));
      const weight = where(possible, negate(gradient!), 0);
      return [multiply(where(live, share, 0), reshape(weight, [1, batch, 1]))];
    },
  });
  if (reduction === 'sum') return reduceSum(losses);
  return reduceMean(divide(losses, cast(maximum(lengths, 1), type)));
}

/** Blank, label, blank, label, …, blank; labels beyond the length are blanks. `[batch, 2·labels + 1]` */
function withBlanks(targets: Value, lengths: Value, blank: number): Value {
  const [batch, labels] = targets.shape;
  const places = reshape(positionsAlong(targets, 1), [1, labels]);
  const counted = where(greater(reshape(lengths, [batch, 1]), places), targets, blank);
  const column = reshape(counted, [batch, labels, 1]);
  const pairs = reshape(pad(column, { axis: 2, before: 1, value: blank }), [batch, productOf([2, labels])]);
  return pad(pairs, { axis: 1, after: 1, value: blank });
}

/** log(eᵃ + eᵇ + eᶜ) */
function logSum(a: Value, b: Value, c: Value): Value {
  const most = maximum(maximum(a, b), c);
  return add(most, log(add(add(exp(subtract(a, most)), exp(subtract(b, most))), exp(subtract(c, most)))));
}

function shiftRight(x: Value, by: number, value: number): Value {
  return retyped(slice(pad(x, { axis: 1, before: by, value }), { axis: 1, end: -by }), x.shape);
}

function shiftLeft(x: Value, by: number): Value {
  return retyped(slice(pad(x, { axis: 1, after: by, value: LOG_ZERO }), { axis: 1, start: by }), x.shape);
}

/** The size of axis 1, for each element of the batch: `[batch]`, int64. */
function fullLengths(x: Value): Value {
  return add(multiply(positionsAlong(x, 0), 0), sizesOf(x, [1]));
}

function requireShapes(
  logits: Value,
  targets: Value,
  lengths: Readonly<Record<string, Value | undefined>>,
): void {
  const [batch] = logits.shape;
  const rows = targets.type === 'int64' && targets.shape.length === 2 && targets.shape[0] === batch;
  if (logits.shape.length !== 3 || !rows) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `ctcLoss takes logits [batch, frames, classes] and int64 targets [batch, labels]; got ${formatShape(logits.shape)} and ${targets.type} ${formatShape(targets.shape)}.`,
      { details: { logits: logits.shape, targets: targets.shape, type: targets.type } },
    );
  }
  for (const [name, value] of Object.entries(lengths)) {
    if (value === undefined || (value.type === 'int64' && equalShapes(value.shape, [batch]))) continue;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'${name}' is int64 ${formatShape([batch])}; got ${value.type} ${formatShape(value.shape)}.`,
      { details: { name, type: value.type, shape: value.shape } },
    );
  }
}
