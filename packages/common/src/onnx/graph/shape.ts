import { PolytokError } from '../../errors.js';

/**
 * Size of an axis: a number, or a name where it is known only when the network runs. Equal names are equal sizes. Sizes
 * that follow from a named one have names that say how, such as `(frames+1)/2`.
 */
export type Dimension = number | string;

export type Shape = readonly Dimension[];

/** The shape that ONNX broadcasts two shapes to. @throws PolytokError `INVALID_ARGUMENT` when it is not known that they fit */
export function broadcastShapes(a: Shape, b: Shape): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Shapes ${formatShape(a)} and ${formatShape(b)} cannot be broadcast: ${left} is not ${right}. Each pair of sizes, from the last on, must be equal or hold a 1.`,
      { details: { a, b } },
    );
  });
}

/** `[2, frames, 80]` */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** True for shapes that are equal whatever the names stand for. */
export function equalShapes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** `axis` counted from the front. @throws PolytokError `INVALID_ARGUMENT` outside −rank … rank − 1 */
export function frontAxis(axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new PolytokError('INVALID_ARGUMENT', `Axis ${axis} does not exist in ${rank} dimensions.`, {
    details: { axis, rank },
  });
}

/** Product of the sizes, or a name for it. */
export function productOf(sizes: Shape): Dimension {
  const numbers = sizes.filter((size) => typeof size === 'number');
  const names = sizes.filter((size) => typeof size === 'string');
  const factor = numbers.reduce((product, size) => product * size, 1);
  if (names.length === 0 || factor === 0) return factor;
  return [...(factor === 1 ? [] : [factor]), ...names].join('*');
}
