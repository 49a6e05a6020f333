/** Invocations of a workgroup, each with a quad. */
export const SUBTRACT_LANES = 64;

/**
 * Between two stages of residual quantization: subtracts the code that a stage chose from what is left of its row, one
 * float32 subtraction per value. With the search and the choice before it, every stage is three passes over buffers that
 * stay on the GPU, and all stages are one submission; only ids, and residuals on request, come back.
 */
export function subtractCodesWgsl(): string {
  return /* wgsl */ `
struct Sizes { rows: u32, depth: u32, stride: u32, offset: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> codes: array<vec4f>;
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(3) var<storage, read_write> residuals: array<vec4f>;

@compute @workgroup_size(${SUBTRACT_LANES})
fn main(@builtin(global_invocation_id) invocation: vec3u) {
  let at = invocation.x;
  if (at >= sizes.rows * sizes.depth) { return; }
  let id = ids[at / sizes.depth * sizes.stride + sizes.offset];
  residuals[at] -= codes[id * sizes.depth + at % sizes.depth];
}
`;
}
