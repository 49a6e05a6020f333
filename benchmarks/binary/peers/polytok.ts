/** polytok as a peer: `node polytok.mjs <tokenizer.json, or merges as u32 pairs>`. */
import { readFileSync } from 'node:fs';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';
import { BpeWorkers } from '@polytok/common/node';
import { type Method, serve } from './serve.js';

await serve('source', () => {
  const model = loadModel(process.argv[2]);
  return {
    /** One call per piece. */
    encode: {
      prepare: (pieces) => pieces,
      encode: (pieces) => pieces.map((piece) => model.encode(piece)),
      ids: (ids) => ids,
    } satisfies Method<Uint8Array[], ArrayLike<number>[]>,
    /** All pieces in one call. */
    'encode-segments': {
      prepare: (pieces) => {
        const borders = pieces.map(
          (
            (at) => (piece: Uint8Array) =>
              (at += piece.length)
          )(0),
        );
        return { bytes: Buffer.concat(pieces), borders };
      },
      encode: ({ bytes, borders }) => [model.encodeSegments(bytes, borders)],
      ids: (ids) => ids,
    } satisfies Method<{ bytes: Uint8Array; borders: number[] }, ArrayLike<number>[]>,
    'one-worker': workers(model, 1),
    'two-workers': workers(model, 2),
  } as Record<string, Method>;
});

function loadModel(file: string): BpeModel {
  const bytes = readFileSync(file);
  if (file.endsWith('.json')) return new BpeModel(parseTokenizerJson(bytes));
  const pairs = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const left = pairs.filter((_, k) => k % 2 === 0);
  const right = pairs.filter((_, k) => k % 2 === 1);
  return new BpeModel({ table: { alphabetSize: 256, left, right } });
}

/** One input on several threads, which start at the first use. */
function workers(model: BpeModel, count: number): Method<Uint8Array[], ArrayLike<number>[]> {
  let pool: BpeWorkers | undefined;
  return {
    prepare: (pieces) => {
      pool ??= new BpeWorkers(model, { workers: count });
      return pieces;
    },
    encode: async (pieces) => [await pool!.encode(pieces[0])],
    ids: (ids) => ids,
  };
}
