/**
 * The part of `capstone-wasm` that is used. The package has types, but its `exports` hide them; and it is an optional
 * peer, whose types may be absent.
 */
declare module 'capstone-wasm' {
  /** Must be done before a {@link Capstone} is made. */
  export function loadCapstone(): Promise<void>;

  export class Capstone {
    constructor(architecture: number, mode: number);
    /** Stops at the first bytes that are no instruction; throws when these come first. */
    disasm(code: Uint8Array): { readonly size: number }[];
  }

  export const Const: Readonly<Record<'CS_ARCH_X86' | 'CS_MODE_32' | 'CS_MODE_64', number>>;
}
