/** Rows and items whose products one workgroup makes at a time. */
export const TILE = 64;
/** Invocations of a workgroup: 16 × 16, each with 4 × 4 products in registers. WebGPU promises 256. */
export const LANES = 256;

export interface DotTileSpec {
  /** Quads of a row that are in workgroup memory at a time: 1, 2 or 4. */
  readonly quads: number;
}

/** The spec for rows of so many quads: no more memory and additions than they need. */
export function dotTileSpec(depth: number): DotTileSpec {
  return { quads: depth >= 4 ? 4 : depth >= 2 ? 2 : 1 };
}

/**
 * `tileDots`: the inner products of 64 rows with 64 items (codes, or columns of a matrix), for a workgroup of 256.
 *
 * Rows and items are quads (`vec4f`) of values, row-major, filled up with zeros. Along the depth, the workgroup brings
 * 4 quads of each of the 128 into workgroup memory; then every invocation multiplies 4 rows with 4 items, so that a quad
 * that was read once is used four times, and those in workgroup memory 64 times. Invocation (line, column) has rows
 * `line + 16 i` and items `column + 16 j`: neighbours read neighbouring quads, and a stride of 65 instead of 64 keeps the
 * four quads that neighbours write in different banks.
 *
 * A sum runs over its depth in order, wherever in a tile it stands, so that batches do not change it. Rows and items
 * past the end repeat the last one; the caller leaves their products out.
 */
export function dotTileWgsl({ quads }: DotTileSpec): string {
  const stride = TILE + 1;
  const four = [0, 1, 2, 3];
  const depths = Array.from({ length: quads }, (_, quad) => quad * stride);
  return /* wgsl */ `
struct Sizes { rows: u32, items: u32, depth: u32, extra: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read> items: array<vec4f>;

var<workgroup> rowTile: array<vec4f, ${quads * stride}>;
var<workgroup> itemTile: array<vec4f, ${quads * stride}>;

fn tileDots(firstRow: u32, firstItem: u32, lane: u32) -> array<vec4f, 4> {
  let line = lane / 16u;
  let column = lane % 16u;
  let loadQuad = lane % ${quads}u;
  let loadAt = lane / ${quads}u;
  let loadRow = min(firstRow + loadAt, sizes.rows - 1u) * sizes.depth;
  let loadItem = min(firstItem + loadAt, sizes.items - 1u) * sizes.depth;
  var sums: array<vec4f, 4>;
  for (var start = 0u; start < sizes.depth; start += ${quads}u) {
    workgroupBarrier();
    if (loadAt < ${TILE}u) {
      let quad = start + loadQuad;
      let inside = quad < sizes.depth;
      let at = min(quad, sizes.depth - 1u);
      rowTile[loadQuad * ${stride}u + loadAt] = select(vec4f(), rows[loadRow + at], inside);
      itemTile[loadQuad * ${stride}u + loadAt] = select(vec4f(), items[loadItem + at], inside);
    }
    workgroupBarrier();
${depths
  .map(
    (depth) => `    {
${four.map((j) => `      let item${j} = itemTile[${depth + 16 * j}u + column];`).join('\n')}
${four
  .map(
    (i) => `      let row${i} = rowTile[${depth + 16 * i}u + line];
      sums[${i}] += vec4f(${four.map((j) => `dot(row${i}, item${j})`).join(', ')});`,
  )
  .join('\n')}
    }`,
  )
  .join('\n')}
  }
  return sums;
}
`;
}
