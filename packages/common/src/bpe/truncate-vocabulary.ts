import { PolytokError } from '../errors.js';
import type { IdLayout, MergeTable } from './merge-table.js';

interface Vocabulary {
  readonly table: MergeTable;
  readonly layout: IdLayout;
}

/** Keeps the first merges; see `BpeModel.truncate`. Merges that spell an earlier token, or a special one, add no token. */
export function truncateVocabulary({ table, layout }: Vocabulary, size: number): Vocabulary {
  const { alphabetSize, left, right } = table;
  const kept = new Set(layout.specials.map(({ id }) => id));
  for (let rank = 0; rank < alphabetSize; rank++) kept.add(layout.ids[rank]);
  const smallest = kept.size;
  let merges = 0;
  for (; merges < left.length; merges++) {
    const id = layout.ids[alphabetSize + merges];
    if (kept.size >= size && !kept.has(id)) break;
    kept.add(id);
  }
  if (kept.size !== size) {
    const largest = new Set([...kept, ...layout.ids]).size;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `This vocabulary can be cut to ${smallest} … ${largest} tokens; got ${size}.`,
      { details: { size, smallest, largest } },
    );
  }
  const moved = new Map([...kept].sort((a, b) => a - b).map((id, index) => [id, index]));
  return {
    table: { alphabetSize, left: left.slice(0, merges), right: right.slice(0, merges) },
    layout: {
      ids: layout.ids.slice(0, alphabetSize + merges).map((id) => moved.get(id)!),
      specials: layout.specials.map(({ id, content }) => ({ id: moved.get(id)!, content })),
      size,
    },
  };
}
