/** Convolutions over any number of spatial axes. */
import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Attribute, Value } from '../graph/graph.js';
import { type Dimension, equalShapes, formatShape, productOf, type Shape } from '../graph/shape.js';
import { concat, pad, slice } from './concat.js';
import { gather } from './gather.js';
import { matMul } from './matmul.js';
import { integers } from './operand.js';
import { reduceSum } from './reduce.js';
import { reshape, transpose } from './reshape.js';

export interface ConvOptions {
  /** `[outputs, inputs, …kernel]` */
  readonly weight: Value;
  /** `[outputs]`. Default: none. */
  readonly bias?: Value;
  /** Steps between outputs, along every axis. Default: 1. */
  readonly stride?: number;
  /** Steps between the elements of the kernel, along every axis. Default: 1. */
  readonly dilation?: number;
  /** Zeros before and after every axis, or `[before, after]`. Default: 0. */
  readonly padding?: number | readonly [before: number, after: number];
}

/**
 * Convolution (cross-correlation, as in every framework): 1-D, 2-D or more by the rank of `x`.
 * @param x `[batch, inputs, …space]`
 * @returns `[batch, outputs, …space]`, each axis floor((size + padding − dilation·(kernel − 1) − 1)/stride) + 1
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function conv(x: Value, { weight, bias, stride = 1, dilation = 1, padding = 0 }: ConvOptions): Value {
  const { graph, type } = x;
  requireInteger(stride, 'stride', { minimum: 1 });
  requireInteger(dilation, 'dilation', { minimum: 1 });
  const [before, after] = typeof padding === 'number' ? [padding, padding] : padding;
  requireInteger(before, 'padding');
  requireInteger(after, 'padding');
  const geometry: Geometry = { kernel: weight.shape.slice(2) as number[], stride, dilation, before, after };
  if (x.shape.length < 3 || x.shape.length !== weight.shape.length || x.shape[1] !== weight.shape[1]) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `conv takes [batch, inputs, …] and a weight [outputs, inputs, …kernel]; got ${formatShape(x.shape)} and ${formatShape(weight.shape)}.`,
      { details: { x: x.shape, weight: weight.shape } },
    );
  }
  const space = x.shape.slice(2).map((size, axis) => outputSize(size, axis, geometry));
  const fits = space.every((size) => typeof size === 'string' || size > 0);
  if (!fits || (bias && !equalShapes(bias.shape, [weight.shape[0]]))) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `conv takes axes that hold its kernel and one bias per output; got ${formatShape(x.shape)}, a weight ${formatShape(weight.shape)}${bias ? ` and a bias ${formatShape(bias.shape)}` : ''}.`,
      { details: { x: x.shape, weight: weight.shape, bias: bias?.shape } },
    );
  }
  const shape = [x.shape[0], weight.shape[0], ...space];
  return graph.operation(
    'Conv',
    bias ? [x, weight, bias] : [x, weight],
    { type, shape },
    {
      attributes: attributesOf(geometry),
      vjp: ([gradient]) => [
        inputGradient(gradient!, x, weight, geometry),
        graph.isConstant(weight) ? undefined : weightGradient(gradient!, x, weight, geometry),
        bias &&
          reduceSum(gradient!, { axes: gradient!.shape.map((_, axis) => axis).filter((axis) => axis !== 1) }),
      ],
    },
  );
}

/** How a window moves over an input. */
export interface Geometry {
  readonly kernel: readonly number[];
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

function attributesOf({ kernel, stride, dilation, before, after }: Geometry): Record<string, Attribute> {
  const all = (value: number) => kernel.map(() => value);
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: all(stride) },
    dilations: { ints: all(dilation) },
    pads: { ints: [...all(before), ...all(after)] },
  };
}

/** Windows along a spatial axis. */
export function outputSize(
  size: Dimension,
  axis: number,
  { kernel, stride, dilation, before, after }: Geometry,
): Dimension {
  const shrink = dilation * (kernel[axis] - 1) - before - after;
  if (typeof size === 'number') return Math.floor((size - shrink - 1) / stride) + 1;
  const whole = shrink === 0 ? size : `(${size}${shrink > 0 ? '-' : '+'}${Math.abs(shrink)})`;
  return stride === 1 ? whole : `ceil(${whole}/${stride})`;
}

/** Where each input went: the transposed convolution. */
function inputGradient(gradient: Value, x: Value, weight: Value, geometry: Geometry): Value {
  const { kernel, stride, dilation, before, after } = geometry;
  const reach = kernel.map((size) => dilation * (size - 1));
  if (stride === 1 && reach.every((size) => size >= Math.max(before, after))) {
    // The same as a convolution with the kernel turned round, which runtimes run about twice as fast.
    const pads = [...reach.map((size) => size - before), ...reach.map((size) => size - after)];
    return gradient.graph.operation(
      'Conv',
      [gradient, turnedRound(weight)],
      { type: x.type, shape: x.shape },
      { attributes: { ...attributesOf(geometry), pads: { ints: pads } } },
    );
  }
  const missing = x.shape.slice(2).map((size, axis) => {
    if (typeof size !== 'number') {
      if (stride === 1) return 0;
      throw new PolytokError(
        'UNSUPPORTED',
        `The gradient of a convolution with stride ${stride} needs a spatial size that is a number; got ${size}.`,
        { details: { shape: x.shape } },
      );
    }
    return (size + before + after - dilation * (kernel[axis] - 1) - 1) % stride;
  });
  return gradient.graph.operation(
    'ConvTranspose',
    [gradient, weight],
    { type: x.type, shape: x.shape },
    { attributes: { ...attributesOf(geometry), output_padding: { ints: missing } } },
  );
}

/** Every axis of the kernel backwards, inputs and outputs swapped. @param weight `[outputs, inputs, …kernel]` */
function turnedRound(weight: Value): Value {
  const [outputs, inputs, ...kernel] = weight.shape as number[];
  const count = kernel.reduce((product, size) => product * size, 1);
  const flat = transpose(reshape(weight, [outputs, inputs, count]), [2, 1, 0]);
  const backwards = Array.from({ length: count }, (_, tap) => count - 1 - tap);
  const turned = gather(flat, integers(weight.graph, backwards));
  return reshape(transpose(turned, [1, 2, 0]), [inputs, outputs, ...kernel]);
}

/** One product of the gradient with all patches of the input: `[outputs, positions] · [positions, patch]`. */
function weightGradient(gradient: Value, x: Value, weight: Value, geometry: Geometry): Value {
  const outputs = weight.shape[0];
  const space = gradient.shape.slice(2);
  const rows = reshape(channelsFirst(gradient), [outputs, productOf([gradient.shape[0], ...space])]);
  const taps = tapsOf(geometry.kernel).map((tap) => {
    const seen = channelsFirst(tapOf(x, tap, geometry, space));
    return matMul(rows, transpose(reshape(seen, [x.shape[1], rows.shape[1]])));
  });
  const stacked = taps.map((tap) => reshape(tap, [...tap.shape, 1]));
  return reshape(concat(stacked, { axis: 2 }), weight.shape);
}

/** What one element of the kernel sees: `x` padded, then every `stride`-th element from the tap on. */
function tapOf(x: Value, tap: readonly number[], geometry: Geometry, space: Shape): Value {
  const { stride, dilation, before, after, kernel } = geometry;
  let seen = x;
  for (const [at, offset] of tap.entries()) {
    const axis = at + 2;
    const padded = pad(seen, { axis, before, after });
    const left = dilation * (kernel[at] - 1 - offset);
    const cut = slice(padded, { axis, start: dilation * offset, end: left === 0 ? undefined : -left });
    seen = stride === 1 ? cut : slice(cut, { axis, step: stride });
  }
  return seen.graph.operation('Identity', [seen], {
    type: x.type,
    shape: [...x.shape.slice(0, 2), ...space],
  });
}

/** Offsets of all elements of a kernel, the last axis fastest. */
function tapsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, offset) => [...tap, offset])),
    [[]],
  );
}

function channelsFirst(x: Value): Value {
  return transpose(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)]);
}
