import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** An AssemblyScript module and the TypeScript file that holds its bytes, relative to the repository. */
export interface WasmModule {
  readonly source: string;
  readonly target: string;
  /** WebAssembly features beyond the baseline that the module may use, joined by commas. */
  readonly features: string;
  /** Whether its memory is shared between threads. Default: false. */
  readonly shared?: boolean;
}

export const WASM_MODULES: readonly WasmModule[] = [
  {
    source: 'packages/common/assembly/bpe-encoder.ts',
    target: 'packages/common/src/bpe/encode/encoder.wasm.ts',
    features: 'simd',
  },
  {
    source: 'packages/common/assembly/kernels.ts',
    target: 'packages/common/src/kernels/wasm/kernels.wasm.ts',
    features: 'simd',
  },
  {
    source: 'packages/common/assembly/kernels.ts',
    target: 'packages/common/src/kernels/wasm/kernels-relaxed.wasm.ts',
    features: 'simd,relaxed-simd',
  },
  {
    source: 'packages/common/assembly/kernels.ts',
    target: 'packages/common/src/kernels/wasm/kernels-shared.wasm.ts',
    features: 'simd,threads',
    shared: true,
  },
  {
    source: 'packages/common/assembly/kernels.ts',
    target: 'packages/common/src/kernels/wasm/kernels-shared-relaxed.wasm.ts',
    features: 'simd,threads,relaxed-simd',
    shared: true,
  },
  {
    source: 'packages/common/assembly/log-mel.ts',
    target: 'packages/common/src/kernels/wasm/log-mel.wasm.ts',
    features: 'simd',
  },
  {
    source: 'packages/action/assembly/cosine-transform.ts',
    target: 'packages/action/src/fast/cosine-transform.wasm.ts',
    features: 'simd',
  },
];

const FLAGS = [
  '-O3',
  '--converge',
  '--runtime',
  'stub',
  '--noAssert',
  '--importMemory',
  '--initialMemory',
  '1',
  '--use',
  'abort=',
];

/** A shared memory is declared with its maximum; 4 GiB, so that whoever makes the memory chooses. */
const SHARED_FLAGS = ['--sharedMemory', '--maximumMemory', '65536'];

/** Where a file of the repository lies. */
export function inRepository(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** Compiles a module to the text of its TypeScript file. @throws Error with the compiler's messages */
export async function compileWasm({ source, features, shared = false }: WasmModule): Promise<string> {
  let bytes = new Uint8Array(0);
  const { error, stderr } = await asc.main(
    [source, '--outFile', 'module.wasm', '--enable', features, ...FLAGS, ...(shared ? SHARED_FLAGS : [])],
    {
      readFile: (name, folder) =>
        readFile(inRepository(folder === '.' ? name : `${folder}/${name}`), 'utf8').catch(() => null),
      writeFile: (_, contents) => {
        if (typeof contents !== 'string') bytes = Uint8Array.from(contents);
      },
    },
  );
  if (error) throw new Error(`${source}: ${stderr.toString()}`, { cause: error });
  return `// Made from ${source} by \`pnpm build:wasm\`. ${bytes.length} bytes.\nexport const wasmBase64 =\n  '${Buffer.from(bytes).toString('base64')}';\n`;
}
