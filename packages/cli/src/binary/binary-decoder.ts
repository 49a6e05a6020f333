import type { BinaryTokenizer } from '@polytok/binary';
import { PolytokError } from '@polytok/common';
import type { BpeDecodeOptions } from '@polytok/common/bpe';
import type { SourceDecoder } from '../tokens/source-decoder.js';
import { AcceptVocabulary } from './accept-vocabulary.js';

/** Turns records back into the bytes they were made from; those of one source follow each other. */
export function binaryDecoder(tokenizer: BinaryTokenizer, mode: BpeDecodeOptions['mode']): SourceDecoder {
  const accepted = new AcceptVocabulary(tokenizer);
  return {
    vocabulary: tokenizer.vocabulary,
    bareAlignment: { kind: 'widths', start: 0 },
    extension: '',
    decode({ source, records }) {
      let end: number | undefined;
      return records.map((record) => {
        accepted.check(record);
        const start = record.alignment.kind === 'widths' ? record.alignment.start : 0;
        if (end !== undefined && start !== end) {
          throw new PolytokError(
            'INVALID_FORMAT',
            `The records of '${source}' do not follow each other: one ends at byte ${end}, the next starts at ${start}. Was a row lost, or is the source there twice?`,
            { details: { source, end, start } },
          );
        }
        const bytes = tokenizer.model.decode(record.ids, { mode }) as Uint8Array;
        end = start + bytes.length;
        return bytes;
      });
    },
  };
}
