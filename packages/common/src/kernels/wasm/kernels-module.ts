import { decodeBase64 } from '../../base64.js';
import { wasmBase64 } from './kernels.wasm.js';
import { wasmBase64 as relaxedBase64 } from './kernels-relaxed.wasm.js';

/** Functions of the module, on addresses of its memory. See assembly/kernels.ts. */
export interface KernelExports {
  multiply(
    panels: number,
    start: number,
    panelCount: number,
    quads: number,
    quadCount: number,
    depth: number,
    out: number,
  ): void;
  nearest(
    panels: number,
    start: number,
    panelCount: number,
    quads: number,
    quadCount: number,
    depth: number,
    state: number,
    ids: number,
  ): void;
}

let relaxedSupport: boolean | undefined;

/** Whether this WebAssembly engine runs relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  relaxedSupport ??= WebAssembly.validate(decodeBase64(relaxedBase64));
  return relaxedSupport;
}

let plain: WebAssembly.Module | undefined;
let relaxed: WebAssembly.Module | undefined;

/** The kernels on this memory. Each build is compiled once per process. */
export function instantiateKernels(memory: WebAssembly.Memory, useRelaxed: boolean): KernelExports {
  const module = useRelaxed
    ? (relaxed ??= new WebAssembly.Module(decodeBase64(relaxedBase64)))
    : (plain ??= new WebAssembly.Module(decodeBase64(wasmBase64)));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}
