import type { BpeModel } from '@polytok/common/bpe';
import { BpeWorkers } from '@polytok/common/node';
import type { Method } from './serve.js';

/** The ways in which polytok encodes. */
export function polytokMethods(model: BpeModel): Record<string, Method> {
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
        let end = 0;
        const borders = pieces.map((piece) => (end += piece.length));
        return { bytes: Buffer.concat(pieces), borders };
      },
      encode: ({ bytes, borders }) => [model.encodeSegments(bytes, borders)],
      ids: (ids) => ids,
    } satisfies Method<{ bytes: Uint8Array; borders: number[] }, ArrayLike<number>[]>,
    'one-worker': workers(model, 1),
    'two-workers': workers(model, 2),
  } as Record<string, Method>;
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
