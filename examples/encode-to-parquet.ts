/**
 * Encodes a file into a Parquet file of tokens, reads that back, and decodes it.
 *
 *     npx tsx --conditions=@polytok/source examples/encode-to-parquet.ts FILE TOKENS.parquet
 */
import { readFile } from 'node:fs/promises';
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { decodeParquetRecords, encodeParquetRecords } from '@polytok/common/io';
import { withFileSource, writeFileAtomic } from '@polytok/common/node';

const [file = import.meta.filename, out = 'tokens.parquet'] = process.argv.slice(2);
const tokenizer = binaryTokenizer('32k');

const bytes = new Uint8Array(await readFile(file));
const tokens = tokenizer.encodeSync(bytes);
// A file holds any number of records; the name of the source tells them apart.
await writeFileAtomic(out, encodeParquetRecords([{ ...tokens, source: file }]));

const [record] = await withFileSource(out, decodeParquetRecords);
// The record knows its vocabulary: decoding it with another one is an error.
const restored = tokenizer.decodeSync(record);

console.log(`${bytes.length} bytes became ${record.length} tokens of vocabulary ${record.fingerprint}`);
console.log(`restored: ${Buffer.compare(bytes, restored) === 0}`);
