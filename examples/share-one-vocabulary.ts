/**
 * Puts tokens of executables and of a robot arm behind the text vocabulary of one language model.
 *
 *     npx tsx --conditions=@polytok/source examples/share-one-vocabulary.ts
 */
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { addedTokens, createTokenSequence, TokenSpace, Vocabulary } from '@polytok/common';

const tokenizer = binaryTokenizer('4k');
// A vocabulary of your own: each frame holds the positions of three joints, 64 steps each.
const joints = new Vocabulary({ modality: 'joints', codebookSizes: [64, 64, 64] });
const everyTenth = { kind: 'hop', hop: 1, rate: 10, offset: 0 } as const;

const space = new TokenSpace({
  firstId: 32_000, // ids below are the model's text tokens
  vocabularies: [
    { vocabulary: tokenizer.vocabulary, alignment: { kind: 'widths', start: 0 } },
    { vocabulary: joints, alignment: everyTenth, pattern: 'delayed' },
  ],
});

const code = tokenizer.encodeSync(new TextEncoder().encode('\x7fELF\x02\x01\x01'));
const motion = createTokenSequence({
  vocabulary: joints,
  ids: [10, 20, 30, 11, 21, 31],
  alignment: everyTenth,
});
const stream = space.encode([
  { kind: 'host', ids: [1, 450, 1824] },
  { kind: 'tokens', name: 'binary', tokens: code },
  { kind: 'tokens', name: 'joints', tokens: motion },
]);
console.log(Array.from(stream, (id) => (id < space.firstId ? id : space.contentOf(id))).join(' '));

// A model's answer is read the same way, with { mode: 'lenient' } where it may break off anywhere.
const { segments } = space.decode(stream);
console.log(segments.map((segment) => (segment.kind === 'host' ? 'text' : segment.name)).join(', '));
console.log(`${addedTokens(space).length} entries for added_tokens of the model's tokenizer.json`);
