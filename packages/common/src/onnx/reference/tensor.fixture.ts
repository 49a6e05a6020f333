/** Tensors of float64 for the reference evaluation of graphs; integers and truth values are numbers, too. */
export interface Tensor64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function tensor(shape: readonly number[], data: ArrayLike<number>): Tensor64 {
  if (data.length !== count(shape)) throw new Error(`[${shape}] does not hold ${data.length} elements.`);
  return { shape, data: Float64Array.from(data) };
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor whose elements follow from their position. */
export function build(shape: readonly number[], element: (at: readonly number[]) => number): Tensor64 {
  const data = new Float64Array(count(shape));
  const at = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = element(at);
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis] === shape[axis]; axis--) at[axis] = 0;
  }
  return { shape, data };
}

/** Position of an element in `data`. */
export function offset(shape: readonly number[], at: readonly number[]): number {
  return shape.reduce((sum, size, axis) => sum * size + at[axis], 0);
}

export function get({ shape, data }: Tensor64, at: readonly number[]): number {
  return data[offset(shape, at)];
}

/** The element of `x` that is broadcast to a position of a larger shape. */
export function getBroadcast(x: Tensor64, at: readonly number[]): number {
  const added = at.length - x.shape.length;
  return get(
    x,
    x.shape.map((size, axis) => (size === 1 ? 0 : at[axis + added])),
  );
}

export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    shapes.reduce((size, shape) => {
      const own = shape[axis - rank + shape.length] ?? 1;
      return own === 1 ? size : own;
    }, 1),
  );
}
