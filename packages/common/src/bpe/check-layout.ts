import { PolytokError } from '../errors.js';
import { type IdLayout, MAX_TOKEN_IDS } from './merge-table.js';

/**
 * Refuses a layout that does not give every rank, and every special token, an id of its own below the size.
 *
 * @param canonical `(ranks)` lowest rank with the same spelling, where some differ: those ranks share one id
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
 */
export function checkLayout(layout: IdLayout, ranks: number, canonical?: Uint32Array): void {
  const { ids, specials, size } = layout;
  if (ids.length !== ranks) {
    refuse(`A layout needs one id per token; got ${ids.length} ids for ${ranks} tokens.`, {
      ids: ids.length,
      tokens: ranks,
    });
  }
  if (!Number.isInteger(size) || size < 1 || size > MAX_TOKEN_IDS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `A layout has a size of 1 to ${MAX_TOKEN_IDS} ids; got ${size}.`,
      {
        details: { size, limit: MAX_TOKEN_IDS },
      },
    );
  }
  const rankOf = new Int32Array(size).fill(-1);
  for (let rank = 0; rank < ranks; rank++) {
    const id = ids[rank];
    if (id >= size)
      refuse(`Token ${rank} has id ${id}; ids are below the layout's size ${size}.`, { rank, id, size });
    const spelling = canonical ? canonical[rank] : rank;
    if (spelling !== rank && ids[spelling] !== id) {
      refuse(
        `Tokens ${spelling} and ${rank} spell the same, but have ids ${ids[spelling]} and ${id}. Give them one id.`,
        { ranks: [spelling, rank], ids: [ids[spelling], id] },
      );
    }
    const other = rankOf[id];
    if (other >= 0 && other !== spelling) {
      refuse(`Tokens ${other} and ${rank} spell different symbols, but both have id ${id}.`, {
        ranks: [other, rank],
        id,
      });
    }
    rankOf[id] = spelling;
  }
  const contentOf = new Map<number, string>();
  for (const { id, content } of specials) {
    if (!(Number.isInteger(id) && id >= 0 && id < size)) {
      refuse(`Special token '${content}' has id ${id}; ids are below the layout's size ${size}.`, {
        content,
        id,
        size,
      });
    }
    if (contentOf.has(id)) {
      refuse(`Special tokens '${contentOf.get(id)}' and '${content}' both have id ${id}.`, { id });
    }
    contentOf.set(id, content);
  }
  if (new Set(contentOf.values()).size < specials.length) {
    refuse('Two special tokens have the same content.', { specials: specials.map(({ content }) => content) });
  }
}

function refuse(message: string, details: Record<string, unknown>): never {
  throw new PolytokError('INVALID_ARGUMENT', message, { details });
}
