/**
 * Reads the sections of an executable, and tells which tokens lie where in its address space.
 *
 *     npx tsx --conditions=@polytok/source examples/map-tokens-to-addresses.ts FILE
 */
import { readFile } from 'node:fs/promises';
import { reportSections, TokenMap } from '@polytok/binary';
import { readExecutable } from '@polytok/binary/formats';
import { binaryTokenizer } from '@polytok/binary/vocabularies';

const [file = process.execPath] = process.argv.slice(2);
// No token crosses from one section into the next.
const tokenizer = binaryTokenizer('32k', { borders: 'sections' });

const bytes = new Uint8Array(await readFile(file));
const executable = readExecutable(bytes);
const map = new TokenMap(tokenizer.model, tokenizer.encodeSync(bytes), executable);

console.log(`${executable.format} ${executable.architecture}, ${executable.sections.length} sections`);
for (const { section, entropy, tokens } of reportSections(bytes, executable, map)) {
  console.log(`${section.name}: ${section.size} bytes, ${tokens} tokens, ${entropy.toFixed(1)} bits/byte`);
}

if (executable.entry !== undefined) {
  const index = map.tokenAtAddress(executable.entry);
  const place = map.place(index);
  console.log(
    `entry 0x${executable.entry.toString(16)}: token ${index}, ${place?.size} bytes at offset ${place?.offset}`,
  );
}
