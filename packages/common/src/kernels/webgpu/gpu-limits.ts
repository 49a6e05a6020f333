/** Workgroups along one dimension that WebGPU promises. */
export const MAX_GROUPS = 65_535;
