import { decodeBase64 } from '../../base64.js';
import { wasmBase64 } from './kernels.wasm.js';
import { wasmBase64 as relaxedBase64 } from './kernels-relaxed.wasm.js';
import { wasmBase64 as sharedBase64 } from './kernels-shared.wasm.js';
import { wasmBase64 as sharedRelaxedBase64 } from './kernels-shared-relaxed.wasm.js';

/** Functions of the module; see assembly/kernels.ts. */
export const OPERATIONS = ['nearest', 'multiply', 'measure', 'addRows', 'narrowCodes', 'screen'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What an operation works on: addresses and sizes, the same for all threads. Addresses are below 2^32. */
export type Words = readonly [number, number, number, number, number, number];

/** Every operation takes its words, an address of scratch, and the range of what it writes. */
export type KernelExports = Readonly<
  Record<Operation, (...call: [...words: Words, scratch: number, from: number, to: number]) => void>
>;

export interface KernelBuild {
  /** Fused multiply-add. */
  readonly relaxed: boolean;
  /** For memory that threads share. */
  readonly shared: boolean;
}

let relaxedSupport: boolean | undefined;

/** Whether this WebAssembly engine runs relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  relaxedSupport ??= WebAssembly.validate(decodeBase64(relaxedBase64));
  return relaxedSupport;
}

const compiled = new Map<string, WebAssembly.Module>();

/** The kernels. Each build is compiled once per process. */
export function kernelsModule({ relaxed, shared }: KernelBuild): WebAssembly.Module {
  const base64 = shared
    ? relaxed
      ? sharedRelaxedBase64
      : sharedBase64
    : relaxed
      ? relaxedBase64
      : wasmBase64;
  let module = compiled.get(base64);
  if (!module) {
    module = new WebAssembly.Module(decodeBase64(base64));
    compiled.set(base64, module);
  }
  return module;
}

/** The kernels on this memory. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}
