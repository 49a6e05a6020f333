import { decodeBase64 } from '../../base64.js';
import { wasmBase64 } from './log-mel.wasm.js';

/** Functions of the module, on addresses of its memory. See assembly/log-mel.ts. */
export interface LogMelExports {
  logMel(plan: number, signal: number, hop: number, pairs: number, work: number, out: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** The module on this memory. It is compiled once per process. */
export function instantiateLogMel(memory: WebAssembly.Memory): LogMelExports {
  compiled ??= new WebAssembly.Module(decodeBase64(wasmBase64));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as LogMelExports;
}
