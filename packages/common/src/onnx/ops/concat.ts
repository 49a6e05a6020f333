/** Putting values together and taking them apart. */
import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { type Dimension, formatShape, frontAxis, type Shape } from '../graph/shape.js';
import { integers, requireSameType, scalar } from './operand.js';

/** Values behind each other along an axis; their other sizes are equal. @throws PolytokError `INVALID_ARGUMENT` */
export function concat(values: readonly Value[], { axis }: { readonly axis: number }): Value {
  const [first] = values;
  if (first === undefined) {
    throw new PolytokError('INVALID_ARGUMENT', 'concat takes at least one value; got none.');
  }
  const at = frontAxis(axis, first.shape.length);
  for (const value of values) {
    requireEqualBeside(first.shape, value.shape, at);
    requireSameType(first, value, 'concat');
  }
  const shape = replaceAt(first.shape, at, sumOf(values.map((value) => value.shape[at])));
  return first.graph.operation(
    'Concat',
    values,
    { type: first.type, shape },
    {
      attributes: { axis: { int: at } },
      vjp: ([gradient]) => split(gradient!, values, at),
    },
  );
}

export interface SliceOptions {
  readonly axis: number;
  /** Counted from the end where negative. Default: 0. */
  readonly start?: number;
  /** The first element left out; counted from the end where negative. Default: the end. */
  readonly end?: number;
  /** Default: 1. */
  readonly step?: number;
}

/** Every `step`-th element along an axis, from `start` to before `end`. @throws PolytokError `INVALID_ARGUMENT` */
export function slice(x: Value, { axis, start = 0, end = END, step = 1 }: SliceOptions): Value {
  const at = frontAxis(axis, x.shape.length);
  if (!(Number.isInteger(start) && Number.isInteger(end) && Number.isInteger(step) && step >= 1)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A slice has integer limits and a step of at least 1; got ${start}, ${end}, ${step}.`,
      { details: { start, end, step } },
    );
  }
  const { graph, type } = x;
  const shape = replaceAt(x.shape, at, slicedSize(x.shape[at], start, end, step));
  const operands = [start, end, at, step].map((value) => integers(graph, [value]));
  return graph.operation(
    'Slice',
    [x, ...operands],
    { type, shape },
    {
      vjp: ([gradient]) => [scatterSlice(gradient!, x, { axis: at, start, end, step })],
    },
  );
}

export interface PadOptions {
  readonly axis: number;
  /** Elements put before. Default: 0. */
  readonly before?: number;
  /** Elements put after. Default: 0. */
  readonly after?: number;
  /** What the new elements are. Default: 0. */
  readonly value?: number;
}

/** More elements before and after an axis, zeros by default. @throws PolytokError `INVALID_ARGUMENT` */
export function pad(x: Value, { axis, before = 0, after = 0, value = 0 }: PadOptions): Value {
  requireInteger(before, 'before');
  requireInteger(after, 'after');
  if (before === 0 && after === 0) return x;
  const { graph, type } = x;
  const at = frontAxis(axis, x.shape.length);
  const shape = replaceAt(x.shape, at, sumOf([x.shape[at], before + after]));
  const filling = value === 0 ? undefined : scalar(graph, type, value);
  // For all axes: of one alone, the layout that the WebGPU provider puts convolutions into makes a mistake (ONNX Runtime 1.30).
  const alone = (count: number) => x.shape.map((_, other) => (other === at ? count : 0));
  const pads = integers(graph, [...alone(before), ...alone(after)]);
  return graph.operation(
    'Pad',
    filling ? [x, pads, filling] : [x, pads],
    { type, shape },
    {
      vjp: ([gradient]) => [
        gradient && sliceLike(gradient!, x, { axis: at, start: before, end: after === 0 ? END : -after }),
      ],
    },
  );
}

/** Stands for the end of an axis: ONNX clips limits to it. */
const END = 2 ** 31 - 1;

/** The parts of `whole` that `parts` were. */
function split(whole: Value, parts: readonly Value[], axis: number): readonly Value[] {
  const sizes = parts.map(({ shape }) => shape[axis]);
  if (sizes.every((size) => typeof size === 'number')) {
    return whole.graph.operationOfMany(
      'Split',
      [whole, integers(whole.graph, sizes)],
      parts.map(({ type, shape }) => ({ type, shape })),
      { attributes: { axis: { int: axis } } },
    );
  }
  throw new PolytokError(
    'UNSUPPORTED',
    `The gradient of concat needs sizes that are numbers along its axis; got ${formatShape(sizes)}.`,
    { details: { sizes } },
  );
}

/** The gradient of a slice: `gradient` where it was taken from, zeros elsewhere. */
function scatterSlice(gradient: Value, x: Value, { axis, start, end, step }: Required<SliceOptions>): Value {
  const size = x.shape[axis];
  const length = gradient.shape[axis];
  if (step === 1 && start >= 0 && end === END) {
    return retyped(pad(gradient, { axis, before: start }), x.shape);
  }
  if (typeof size === 'string' || typeof length === 'string') {
    throw new PolytokError(
      'UNSUPPORTED',
      `The gradient of a slice with a step or an end needs sizes that are numbers; got ${formatShape(x.shape)}.`,
      { details: { shape: x.shape } },
    );
  }
  const first = Math.min(start < 0 ? Math.max(start + size, 0) : start, size);
  const spread = step === 1 ? gradient : interleaveZeros(gradient, axis, step);
  const covered = (length - 1) * step + 1;
  return length === 0
    ? retyped(pad(gradient, { axis, before: size }), x.shape)
    : pad(spread, { axis, before: first, after: size - first - covered });
}

/** `step` − 1 zeros between neighbours along an axis. */
function interleaveZeros(x: Value, axis: number, step: number): Value {
  const { graph, type, shape } = x;
  const length = shape[axis] as number;
  const apart = [...shape.slice(0, axis), length, 1, ...shape.slice(axis + 1)];
  const operand = integers(
    graph,
    apart.map((size) => (typeof size === 'number' ? size : -1)),
  );
  if (apart.filter((size) => typeof size === 'string').length > 1) {
    throw new PolytokError(
      'UNSUPPORTED',
      `The gradient of a slice with a step takes one named size; got ${formatShape(shape)}.`,
    );
  }
  const column = graph.operation('Reshape', [x, operand], { type, shape: apart });
  const wide = pad(column, { axis: axis + 1, after: step - 1 });
  const together = replaceAt(shape, axis, length * step);
  const flat = integers(
    graph,
    together.map((size) => (typeof size === 'number' ? size : -1)),
  );
  const line = graph.operation('Reshape', [wide, flat], { type, shape: together });
  return slice(line, { axis, end: (length - 1) * step + 1 });
}

/** A slice of `x` that has the shape of `like`. */
function sliceLike(x: Value, like: Value, options: SliceOptions): Value {
  return retyped(slice(x, options), like.shape);
}

/** The same value under a shape whose names say the same in other words. */
export function retyped(x: Value, shape: Shape): Value {
  const { graph, type } = x;
  if (x.shape.every((size, axis) => size === shape[axis])) return x;
  return graph.operation('Identity', [x], { type, shape }, { vjp: ([gradient]) => [gradient] });
}

function slicedSize(size: Dimension, start: number, end: number, step: number): Dimension {
  if (typeof size === 'string') {
    if (start === 0 && end === END) return step === 1 ? size : `ceil(${size}/${step})`;
    return `${size}[${start}:${end === END ? '' : end}:${step}]`;
  }
  const limit = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  return Math.max(0, Math.ceil((limit(end) - limit(start)) / step));
}

function sumOf(sizes: Shape): Dimension {
  const total = sizes.reduce<number>((sum, size) => sum + (typeof size === 'number' ? size : 0), 0);
  const names = sizes.filter((size) => typeof size === 'string');
  if (names.length === 0) return total;
  return total === 0 && names.length === 1
    ? names[0]
    : `(${[...names, ...(total ? [total] : [])].join('+')})`;
}

function replaceAt(shape: Shape, axis: number, size: Dimension): Dimension[] {
  return shape.map((old, at) => (at === axis ? size : old));
}

function requireEqualBeside(a: Shape, b: Shape, axis: number): void {
  if (a.length === b.length && a.every((size, at) => at === axis || size === b[at])) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Values of shapes ${formatShape(a)} and ${formatShape(b)} cannot be joined along axis ${axis}: their other sizes differ.`,
    { details: { a, b, axis } },
  );
}
