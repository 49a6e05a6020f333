/** Normalisation to mean 0 and variance 1, then a learnt scale and offset. */
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { equalShapes, formatShape, productOf } from '../graph/shape.js';
import { sqrt, square } from './activation.js';
import { add, divide, multiply, subtract } from './arithmetic.js';
import { sumToShape } from './broadcast.js';
import { matMul } from './matmul.js';
import { reduceMean } from './reduce.js';
import { reshape, reshapeLike } from './reshape.js';

export interface NormWeights {
  /** `[channels]` */
  readonly weight: Value;
  /** `[channels]` */
  readonly bias: Value;
}

export interface LayerNormOptions extends NormWeights {
  /** Added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
}

/**
 * LayerNorm (Ba et al., arXiv 1607.06450) over the last axis.
 * @param x `[…, channels]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function layerNorm(x: Value, { weight, bias, epsilon = 1e-5 }: LayerNormOptions): Value {
  const { graph, type, shape } = x;
  const channels = shape.slice(-1);
  if (shape.length === 0 || !equalShapes(weight.shape, channels) || !equalShapes(bias.shape, channels)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `layerNorm takes […, channels] and weight and bias [channels]; got ${formatShape(shape)}, ${formatShape(weight.shape)} and ${formatShape(bias.shape)}.`,
      { details: { shape, weight: weight.shape, bias: bias.shape } },
    );
  }
  const perLine = { type, shape: [...shape.slice(0, -1), 1] };
  const [result] = graph.operationOfMany(
    'LayerNormalization',
    [x, weight, bias],
    [{ type, shape }, perLine, perLine],
    {
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
      vjp: ([gradient], [, mean, inverse]) => {
        const dy = gradient!;
        const normal = multiply(subtract(x, mean), inverse);
        const along = multiply(dy, normal);
        return [
          multiply(
            subtract(
              subtract(multiply(dy, weight), lineMeans(dy, weight)),
              multiply(normal, lineMeans(along, weight)),
            ),
            inverse,
          ),
          sumToShape(along, weight.shape),
          sumToShape(dy, bias.shape),
        ];
      },
    },
  );
  return result;
}

/** mean(x · weight) of each line, as a product with a column: one pass over `x`. @param x `[…, channels]` */
function lineMeans(x: Value, weight: Value): Value {
  const channels = weight.shape[0] as number;
  return matMul(x, reshape(multiply(weight, 1 / channels), [channels, 1]));
}

export interface GroupNormOptions extends Partial<NormWeights> {
  /** A divisor of the channels. Default: 32. */
  readonly groups?: number;
  /** Added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
}

/**
 * GroupNorm (Wu and He, arXiv 1803.08494); without a weight or bias, without that step.
 * @param x `[batch, channels, …]`
 * @throws PolytokError `INVALID_ARGUMENT` unless the groups divide the channels
 */
export function groupNorm(x: Value, { weight, bias, groups = 32, epsilon = 1e-5 }: GroupNormOptions): Value {
  const [batch, channels, ...space] = x.shape;
  if (typeof channels !== 'number' || channels % groups !== 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `GroupNorm takes [batch, channels, …] with channels a multiple of the ${groups} groups; got ${formatShape(x.shape)}.`,
      { details: { shape: x.shape, groups } },
    );
  }
  const grouped = reshape(x, [batch, groups, productOf([channels / groups, ...space])]);
  const normal = reshapeLike(instanceNorm(grouped, epsilon), x);
  const perChannel = [channels, ...space.map(() => 1)];
  const scaled = weight ? multiply(normal, reshape(weight, perChannel)) : normal;
  return bias ? add(scaled, reshape(bias, perChannel)) : scaled;
}

/** Mean 0 and variance 1 over the last axis. @param x `[batch, groups, elements]` */
function instanceNorm(x: Value, epsilon: number): Value {
  const { graph, type, shape } = x;
  const groups = shape[1] as number;
  const ones = graph.constant('float32', [groups], new Float32Array(groups).fill(1));
  const zeros = graph.constant('float32', [groups], new Float32Array(groups));
  return graph.operation(
    'InstanceNormalization',
    [x, ones, zeros],
    { type, shape },
    {
      attributes: { epsilon: { float: epsilon } },
      vjp: ([gradient], [normal]) => [
        standardizeGradient(gradient!, normal, standardize(x, epsilon).deviation),
      ],
    },
  );
}

function standardize(x: Value, epsilon: number): { normal: Value; deviation: Value } {
  const last = { axes: [-1], keepDimensions: true };
  const centred = subtract(x, reduceMean(x, last));
  const deviation = sqrt(add(reduceMean(square(centred), last), epsilon));
  return { normal: divide(centred, deviation), deviation };
}

/** dx = (dy − mean(dy) − normal · mean(dy · normal)) / deviation, means over the last axis. */
function standardizeGradient(gradient: Value, normal: Value, deviation: Value): Value {
  const last = { axes: [-1], keepDimensions: true };
  const along = multiply(normal, reduceMean(multiply(gradient, normal), last));
  return divide(subtract(subtract(gradient, reduceMean(gradient, last)), along), deviation);
}
