import { type VoteRule, votesNeeded } from '../majority.js';

/** Invocations of a workgroup, each with a row. */
export const VOTE_LANES = 64;

/**
 * Ids from the projections `(rows, voters, bits)` that `matmul.wgsl.ts` left on the GPU: each bit is the majority of the
 * voters' signs. The rule is part of the program, so that it costs nothing where it is the usual one.
 */
export function voteWgsl(rule: VoteRule): string {
  const { voters, bits, order, zero } = rule;
  return /* wgsl */ `
struct Sizes { rows: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> projections: array<f32>;
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;

@compute @workgroup_size(${VOTE_LANES})
fn main(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= sizes.rows) { return; }
  let first = row * ${voters * bits}u;
  var id = 0u;
  for (var bit = 0u; bit < ${bits}u; bit++) {
    var votes = 0u;
    for (var voter = 0u; voter < ${voters}u; voter++) {
      if (projections[first + voter * ${bits}u + bit] ${zero === 'positive' ? '>=' : '>'} 0.0) { votes++; }
    }
    if (votes >= ${votesNeeded(rule)}u) { id |= 1u << ${order === 'lsb-first' ? 'bit' : `(${bits - 1}u - bit)`}; }
  }
  ids[row] = id;
}
`;
}
