import type { SyncTokenizer, Tokenizer, TokenSequence } from '../contract.js';
import { isSyncTokenizer } from '../sync-tokenizer.js';
import type { ConformanceSubject, Law } from './conformance.js';
import { expectEqualTokens, expectRefusal, lawForEach } from './expectations.js';

/** What `encode` and `tokenShape` promise. */
export function encodeLaws<Signal, Decoded>(subject: ConformanceSubject<Signal, Decoded>): Law[] {
  const { signals, badSignals = [] } = subject;
  const laws = [
    lawForEach('encode gives a well-formed sequence of its vocabulary', signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      expectWellFormed(await tokenizer.encode(signal), tokenizer);
    }),

    lawForEach('ids are below the codebook sizes', signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      const { codebookSizes, codebooks } = tokenizer.vocabulary;
      const { ids } = await tokenizer.encode(signal);
      const at = ids.findIndex((id, i) => id >= codebookSizes[i % codebooks]);
      if (at < 0) return;
      throw new Error(`id ${at} is ${ids[at]} in a codebook of ${codebookSizes[at % codebooks]}.`);
    }),

    lawForEach('tokenShape holds what encode returns', signals, async ({ signal, shape }) => {
      const tokenizer = subject.tokenizer();
      const { length } = await tokenizer.encode(signal);
      const { minLength, maxLength, codebooks } = tokenizer.tokenShape(shape);
      if (!Number.isInteger(minLength) || !Number.isInteger(maxLength)) {
        throw new Error(`lengths must be integers; tokenShape gives ${minLength} to ${maxLength}.`);
      }
      if (length < minLength || length > maxLength) {
        throw new Error(`tokenShape gives ${minLength} to ${maxLength} rows; encode gives ${length}.`);
      }
      if (codebooks !== tokenizer.vocabulary.codebooks) {
        throw new Error(
          `tokenShape gives ${codebooks} codebooks; there are ${tokenizer.vocabulary.codebooks}.`,
        );
      }
    }),

    repeatability(subject),
  ];

  if (isSyncTokenizer(subject.tokenizer())) {
    laws.push(
      lawForEach('encodeSync equals encode', signals, async ({ signal }) => {
        const tokenizer = subject.tokenizer() as SyncTokenizer<Signal, Decoded>;
        expectEqualTokens('encodeSync', tokenizer.encodeSync(signal), await tokenizer.encode(signal));
      }),
    );
  }
  if (subject.encodeChunked !== undefined) {
    laws.push(
      lawForEach('encoding in chunks equals encoding the whole', signals, async ({ signal }) => {
        const tokenizer = subject.tokenizer();
        const inChunks = await subject.encodeChunked!(tokenizer, signal);
        expectEqualTokens('encoding in chunks', inChunks, await tokenizer.encode(signal));
      }),
    );
  }
  if (badSignals.length > 0) {
    laws.push(
      lawForEach('bad signals are refused', badSignals, ({ signal, code }) =>
        expectRefusal('it', code, () => subject.tokenizer().encode(signal)),
      ),
    );
  }
  return laws;
}

function expectWellFormed(tokens: TokenSequence, { modality, vocabulary }: Tokenizer<unknown>): void {
  const expected = {
    modality,
    fingerprint: vocabulary.fingerprint,
    codebooks: vocabulary.codebooks,
    'ids.length': tokens.length * vocabulary.codebooks,
    ids: vocabulary.allocateIds(0).constructor,
  };
  const actual = { ...tokens, 'ids.length': tokens.ids.length, ids: tokens.ids.constructor };
  for (const field of Object.keys(expected) as (keyof typeof expected)[]) {
    if (actual[field] === expected[field]) continue;
    throw new Error(
      `'${field}' of the tokens is ${name(actual[field])} instead of ${name(expected[field])}.`,
    );
  }
}

function name(value: unknown): unknown {
  return typeof value === 'function' ? value.name : value;
}

/** Also finds a scratch buffer that two calls share, and state that one call leaves to the next. */
function repeatability<Signal, Decoded>(subject: ConformanceSubject<Signal, Decoded>): Law {
  return {
    name: 'encoding again, overlapping and in another order, gives the same tokens',
    async check() {
      const { signals } = subject;
      const tokenizer = subject.tokenizer();
      const first: TokenSequence[] = [];
      const copies: TokenSequence[] = [];
      for (const { signal } of signals) {
        const tokens = await tokenizer.encode(signal);
        first.push(tokens);
        copies.push({ ...tokens, ids: tokens.ids.slice() });
      }
      const again = await Promise.all([...signals].reverse().map(({ signal }) => tokenizer.encode(signal)));
      again.reverse();
      for (const [i, { name: signal }] of signals.entries()) {
        expectEqualTokens(
          `Signal '${signal}': what encode had returned, after later calls,`,
          first[i],
          copies[i],
        );
        expectEqualTokens(`Signal '${signal}': encoding it again`, again[i], copies[i]);
      }
    },
  };
}
