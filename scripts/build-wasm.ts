/** Compiles every AssemblyScript module to a TypeScript file that holds its bytes, so that no package ever looks up a `.wasm` file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/** Source and target of each module, relative to the repository. */
const MODULES = [{ source: 'packages/common/assembly/bpe-encoder.ts', target: 'packages/common/src/bpe/encode/encoder.wasm.ts' }];

const FLAGS = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--importMemory', '--initialMemory', '1', '--enable', 'simd', '--use', 'abort='];

for (const { source, target } of MODULES) {
  const folder = await mkdtemp(join(tmpdir(), 'polytok-wasm-'));
  try {
    const output = join(folder, 'module.wasm');
    const { error, stderr } = await asc.main([source, '--outFile', output, ...FLAGS]);
    if (error) throw new Error(`${source}: ${stderr.toString()}`, { cause: error });
    const bytes = await readFile(output);
    await writeFile(
      target,
      `// Made from ${source} by \`pnpm build:wasm\`. ${bytes.length} bytes.\nexport const wasmBase64 =\n  '${bytes.toString('base64')}';\n`,
    );
    console.log(`${target}: ${bytes.length} bytes`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
