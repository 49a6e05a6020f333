/** Compiles every AssemblyScript module to a TypeScript file that holds its bytes, so that no package ever looks up a `.wasm` file. */
import { writeFile } from 'node:fs/promises';
import { compileWasm, inRepository, WASM_MODULES } from './compile-wasm.js';

for (const module of WASM_MODULES) {
  const text = await compileWasm(module);
  await writeFile(inRepository(module.target), text);
  console.log(`${module.target}: ${text.length} characters`);
}
