import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { compileWasm, inRepository, WASM_MODULES } from '../../../../../scripts/compile-wasm.js';

it.each(WASM_MODULES)('$target is what $source compiles to', async (module) => {
  expect(await readFile(inRepository(module.target), 'utf8')).toBe(await compileWasm(module));
});
