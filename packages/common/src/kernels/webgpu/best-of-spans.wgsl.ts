/** Invocations of a workgroup, each with a row. */
export const PICK_LANES = 64;

/**
 * The best of every row's spans, from `bests` `(spans, rows)`. Spans pass in ascending order of their codes and only a
 * greater score replaces, so the lowest id wins a tie. Ids are written `stride` apart, as those of one stage of several.
 */
export function bestOfSpansWgsl(): string {
  return /* wgsl */ `
struct Sizes { rows: u32, spans: u32, stride: u32, offset: u32 }
struct Best { score: f32, code: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> bests: array<Best>;
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;

@compute @workgroup_size(${PICK_LANES})
fn main(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= sizes.rows) { return; }
  var winner = bests[row];
  for (var span = 1u; span < sizes.spans; span++) {
    let rival = bests[span * sizes.rows + row];
    if (rival.score > winner.score) { winner = rival; }
  }
  ids[row * sizes.stride + sizes.offset] = winner.code;
}
`;
}
