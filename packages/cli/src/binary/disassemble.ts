import type { Disassemble } from '@polytok/binary';
import type { Capstone } from 'capstone-wasm';

/** A disassembler for x86 and x64, or why there is none. */
export type LoadedDisassembler =
  | { readonly disassemble: Disassemble; readonly reason?: undefined }
  | { readonly disassemble?: undefined; readonly reason: string };

/** Bytes handed over at a time: each instruction becomes an object of some 300 bytes. */
const WINDOW_BYTES = 2 ** 14;

/** Longest x86 instruction; less than that at the end of a window may be one cut in two. */
const MAX_INSTRUCTION_BYTES = 15;

/** Sweeps linearly with `capstone-wasm`, where it is installed. */
export async function loadDisassembler(): Promise<LoadedDisassembler> {
  const capstone = await import('capstone-wasm').catch(() => undefined);
  if (!capstone) return { reason: "the package 'capstone-wasm' is not installed; add it beside polytok" };
  const { Capstone, Const, loadCapstone } = capstone;
  await loadCapstone();
  const handles: Readonly<Record<string, Capstone>> = {
    x86: new Capstone(Const.CS_ARCH_X86, Const.CS_MODE_32),
    x64: new Capstone(Const.CS_ARCH_X86, Const.CS_MODE_64),
  };
  return {
    disassemble: (code, architecture) =>
      Object.hasOwn(handles, architecture) ? sweep(handles[architecture], code) : undefined,
  };
}

function sweep(handle: Capstone, code: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at < code.length; ) {
    const window = code.slice(at, at + WINDOW_BYTES);
    let taken = 0;
    for (const { size } of disassemblePrefix(handle, window)) {
      starts.push(at + taken);
      taken += size;
    }
    const isCut = window.length - taken < MAX_INSTRUCTION_BYTES && at + window.length < code.length;
    if (taken === 0 || (taken < window.length && !isCut)) starts.push(at + taken++);
    at += taken;
  }
  return starts;
}

function disassemblePrefix(handle: Capstone, code: Uint8Array): readonly { readonly size: number }[] {
  try {
    return handle.disasm(code);
  } catch {
    return [];
  }
}
