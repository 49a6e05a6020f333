/**
 * Encodes a file of any size in constant memory: a megabyte is read, its tokens are written, and so on.
 *
 *     npx tsx --conditions=@polytok/source examples/stream-large-file.ts FILE TOKENS.u16
 */
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { encodeRawIds } from '@polytok/common/io';
import { createAtomicFile, readChunks } from '@polytok/common/node';

const [file = process.execPath, out = 'tokens.u16'] = process.argv.slice(2);
const { model } = binaryTokenizer('32k');

// The ids are those of the whole file at once: no token is cut where a chunk ends.
const stream = model.stream();
const target = await createAtomicFile(out);
let bytes = 0;
let tokens = 0;
try {
  for await (const chunk of readChunks(file)) {
    bytes += chunk.length;
    await write(stream.push(chunk));
  }
  await write(stream.finish());
  await target.commit();
} finally {
  await target.abort(); // removes what is incomplete; does nothing after the commit
}
console.log(`${bytes} bytes became ${tokens} tokens`);

async function write(ids: ReturnType<typeof stream.push>): Promise<void> {
  tokens += ids.length;
  await target.write(encodeRawIds(ids, 'u16'));
}
