/** Values that WGSL reads at once, a `vec4f`. */
export const QUAD = 4;

/** Quads that hold a row of `width` values. */
export function quadsOf(width: number): number {
  return Math.ceil(width / QUAD);
}

/** Rows as quads, the last of each filled up with zeros; `values` itself where they are. */
export function packQuads(values: Float32Array, width: number): Float32Array {
  if (width % QUAD === 0) return values;
  const stride = quadsOf(width) * QUAD;
  const packed = new Float32Array((values.length / width) * stride);
  for (let from = 0, to = 0; from < values.length; from += width, to += stride) {
    for (let j = 0; j < width; j++) packed[to + j] = values[from + j];
  }
  return packed;
}

/** The inverse of {@link packQuads}. */
export function unpackQuads(packed: Float32Array, into: Float32Array, width: number): void {
  const stride = quadsOf(width) * QUAD;
  for (let from = 0, to = 0; to < into.length; from += stride, to += width) {
    for (let j = 0; j < width; j++) into[to + j] = packed[from + j];
  }
}
