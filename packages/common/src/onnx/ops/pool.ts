/** Pooling over any number of spatial axes. */
import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { vectorJacobianProduct } from '../gradients.js';
import type { Attribute, Value } from '../graph/graph.js';
import { type Dimension, formatShape, productOf } from '../graph/shape.js';
import { maximum } from './arithmetic.js';
import { pad, retyped, slice } from './concat.js';
import { outputSize } from './conv.js';
import { reshape, reshapeLike } from './reshape.js';

export interface PoolOptions {
  /** Elements of a window, along every axis, at least 1. */
  readonly kernel: number;
  /** From one window to the next, along every axis, at least 1. Default: `kernel`. */
  readonly stride?: number;
  /** Elements before and after every axis, at most half the kernel: zeros for a mean, nothing for a maximum. Default: 0. */
  readonly padding?: number;
}

interface Windows {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** Axes of `x` that are pooled. */
  readonly axes: readonly number[];
}

/**
 * Mean of each window, padding included, as `torch.nn.AvgPool1d`, `2d`.
 * @param x `[batch, channels, …space]`
 * @returns `[batch, channels, …space]`, each axis floor((size + 2·padding − kernel)/stride) + 1
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function averagePool(x: Value, options: PoolOptions): Value {
  const windows = windowsOf('averagePool', x, options);
  return x.graph.operation(
    'AveragePool',
    [x],
    { type: x.type, shape: pooledShape(x, windows) },
    {
      attributes: { ...attributesOf(windows), count_include_pad: { int: 1 } },
      vjp: ([gradient]) => [spread(gradient!, x, windows)],
    },
  );
}

/**
 * Maximum of each window, as `torch.nn.MaxPool1d`, `2d`. The gradient goes to the first of equal maxima.
 * @param x `[batch, channels, …space]`
 * @returns as {@link averagePool}
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function maxPool(x: Value, options: PoolOptions): Value {
  const windows = windowsOf('maxPool', x, options);
  const shape = pooledShape(x, windows);
  return x.graph.operation(
    'MaxPool',
    [x],
    { type: x.type, shape },
    {
      attributes: attributesOf(windows),
      // The same maximum by pairs, which say where it came from.
      vjp: ([gradient]) => {
        const y = tapsOf(x, windows, shape).reduce((most, tap) => maximum(most, tap));
        return vectorJacobianProduct(y, gradient!, [x]);
      },
    },
  );
}

function windowsOf(name: string, x: Value, { kernel, stride = kernel, padding = 0 }: PoolOptions): Windows {
  requireInteger(kernel, 'kernel', { minimum: 1 });
  requireInteger(stride, 'stride', { minimum: 1 });
  requireInteger(padding, 'padding', { minimum: 0, maximum: Math.floor(kernel / 2) });
  const axes = x.shape.map((_, axis) => axis).slice(2);
  const fits = axes.every((axis) => {
    const size = x.shape[axis];
    return typeof size === 'string' || size + 2 * padding >= kernel;
  });
  if (axes.length > 0 && fits) return { kernel, stride, padding, axes };
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${name} takes [batch, channels, …] with axes of at least ${kernel - 2 * padding}; got ${formatShape(x.shape)}.`,
    { details: { shape: x.shape, kernel, padding } },
  );
}

function attributesOf({ kernel, stride, padding, axes }: Windows): Record<string, Attribute> {
  const all = (value: number) => axes.map(() => value);
  return {
    kernel_shape: { ints: all(kernel) },
    strides: { ints: all(stride) },
    pads: { ints: [...all(padding), ...all(padding)] },
  };
}

function pooledShape(x: Value, { kernel, stride, padding, axes }: Windows): Dimension[] {
  const kernels = axes.map(() => kernel);
  const geometry = { kernel: kernels, stride, dilation: 1, before: padding, after: padding };
  return x.shape.map((size, axis) => (axis < 2 ? size : outputSize(size, axis - 2, geometry)));
}

/** Each gradient over its window, divided by the window's elements: a transposed convolution of every channel by itself. */
function spread(gradient: Value, x: Value, windows: Windows): Value {
  const { kernel, stride, padding, axes } = windows;
  const missing = axes.map((axis) => {
    const size = x.shape[axis];
    if (typeof size === 'number') return (size + 2 * padding - kernel) % stride;
    if (stride === 1) return 0;
    throw new PolytokError(
      'UNSUPPORTED',
      `The gradient of averagePool with stride ${stride} needs a spatial size that is a number; got ${size}.`,
      { details: { shape: x.shape } },
    );
  });
  const count = kernel ** axes.length;
  const share = gradient.graph.constant(
    'float32',
    [1, 1, ...axes.map(() => kernel)],
    new Float32Array(count).fill(1 / count),
  );
  const [batch, channels, ...space] = x.shape;
  const lines = productOf([batch, channels]);
  const apart = reshape(gradient, [lines, 1, ...gradient.shape.slice(2)]);
  const whole = gradient.graph.operation(
    'ConvTranspose',
    [apart, share],
    { type: x.type, shape: [lines, 1, ...space] },
    {
      attributes: {
        ...attributesOf(windows),
        dilations: { ints: axes.map(() => 1) },
        output_padding: { ints: missing },
      },
    },
  );
  return reshapeLike(whole, x);
}

/** What each element of the window sees, the last axis fastest: the maxima are over these. */
function tapsOf(x: Value, { kernel, stride, padding, axes }: Windows, shape: Value['shape']): Value[] {
  let taps = [
    axes.reduce((padded, axis) => pad(padded, { axis, before: padding, after: padding, value: LOWEST }), x),
  ];
  for (const axis of axes) {
    taps = taps.flatMap((tap) =>
      Array.from({ length: kernel }, (_, offset) => {
        const left = kernel - 1 - offset;
        const seen = slice(tap, { axis, start: offset, end: left === 0 ? undefined : -left });
        return stride === 1 ? seen : slice(seen, { axis, step: stride });
      }),
    );
  }
  return taps.map((tap) => retyped(tap, shape));
}

/** Below every number: padding is never the maximum. */
const LOWEST = -3.4028234663852886e38;
