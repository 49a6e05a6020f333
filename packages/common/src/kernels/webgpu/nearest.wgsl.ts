import { type DotTileSpec, dotTileWgsl, LANES, TILE } from './dot-tile.wgsl.js';

/**
 * The best code of every row within a span of the codebook; `best-of-spans.wgsl.ts` then chooses between the spans.
 *
 * The score is `row · code + start`. A workgroup takes 64 rows and one span, makes the scores of 64 × 64 tiles in
 * registers, and keeps for each row the best one and its code; no score is ever stored. Codes pass in ascending order and
 * only a greater score replaces, so the lowest id wins a tie; where invocations compare, it does so by name. Spans exist
 * so that few rows fill the GPU too, and so that no invocation loops for too long: drivers end those that do.
 *
 * Workgroups: (tiles of rows, spans). `sizes.extra` is the number of tiles in a span.
 */
export function nearestWgsl(spec: DotTileSpec): string {
  return /* wgsl */ `
${dotTileWgsl(spec)}
struct Best { score: f32, code: u32 }
@group(0) @binding(3) var<storage, read> starts: array<f32>;
@group(0) @binding(4) var<storage, read_write> bests: array<Best>;

// Finite, and below every score: implementations may assume that there are no infinities.
const LOWEST = Best(-3.4e38, 0xffffffffu);

var<workgroup> found: array<Best, ${LANES}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let firstRow = group.x * ${TILE}u;
  let tiles = (sizes.items + ${TILE - 1}u) / ${TILE}u;
  let firstTile = group.y * sizes.extra;
  let endTile = min(firstTile + sizes.extra, tiles);
  var best = array<Best, 4>(LOWEST, LOWEST, LOWEST, LOWEST);
  for (var tile = firstTile; tile < endTile; tile++) {
    var sums = tileDots(firstRow, tile * ${TILE}u, lane);
    for (var j = 0u; j < 4u; j++) {
      let code = tile * ${TILE}u + lane % 16u + 16u * j;
      if (code < sizes.items) {
        let start = starts[code];
        for (var i = 0u; i < 4u; i++) {
          let score = sums[i][j] + start;
          if (score > best[i].score) { best[i] = Best(score, code); }
        }
      }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    workgroupBarrier();
    found[lane] = best[i];
    workgroupBarrier();
    let row = firstRow + lane / 16u + 16u * i;
    if (lane % 16u == 0u && row < sizes.rows) {
      var winner = found[lane];
      for (var other = 1u; other < 16u; other++) {
        let rival = found[lane + other];
        if (rival.score > winner.score || (rival.score == winner.score && rival.code < winner.code)) { winner = rival; }
      }
      bests[group.y * sizes.rows + row] = winner;
    }
  }
}
`;
}
