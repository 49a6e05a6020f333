import { type DotTileSpec, dotTileWgsl, LANES, TILE } from './dot-tile.wgsl.js';

/**
 * `out = rows · items + bias`: every workgroup makes one 64 × 64 tile of the product and stores what is inside.
 *
 * Workgroups: (tiles of rows, tiles of columns). `sizes.extra` is the first tile of columns.
 */
export function matmulWgsl(spec: DotTileSpec): string {
  return /* wgsl */ `
${dotTileWgsl(spec)}
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let firstRow = group.x * ${TILE}u;
  let firstColumn = (group.y + sizes.extra) * ${TILE}u;
  var sums = tileDots(firstRow, firstColumn, lane);
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + lane / 16u + 16u * i;
    for (var j = 0u; j < 4u; j++) {
      let column = firstColumn + lane % 16u + 16u * j;
      if (row < sizes.rows && column < sizes.items) {
        out[row * sizes.items + column] = sums[i][j] + bias[column];
      }
    }
  }
}
`;
}
