import type { SyncTokenizer, Tokenizer, TokenSequence } from '../contract.js';
import { seededRandom } from '../random.js';
import { isSyncTokenizer } from '../sync-tokenizer.js';
import type { ConformanceSubject, Law } from './conformance.js';
import { expectRefusal, expectSafeDecode, lawForEach } from './expectations.js';

/** Damaged copies tried for each signal. */
const MUTATIONS = 16;

/** What `decode` promises, for good tokens and for others. */
export function decodeLaws<Signal, Decoded>(subject: ConformanceSubject<Signal, Decoded>): Law[] {
  const { signals, tolerance = 0, foreign } = subject;
  const within = (distance: number) => {
    // Not `distance > tolerance`, which lets NaN through.
    if (distance <= tolerance) return;
    throw new Error(`it decodes at distance ${distance}; the bound is ${tolerance}.`);
  };
  const laws = [
    lawForEach('decoding what was encoded stays within the bound', signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      within(subject.distance(signal, await tokenizer.decode(await tokenizer.encode(signal))));
    }),

    lawForEach('tokens of another vocabulary are refused', signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      const tokens = await tokenizer.encode(signal);
      const fingerprint = tokens.fingerprint.replace(/./g, (digit) => (digit === '0' ? 'f' : '0'));
      await refusesToDecode(tokenizer, 'VOCABULARY_MISMATCH', { ...tokens, fingerprint });
      if (foreign !== undefined) await refusesToDecode(tokenizer, 'VOCABULARY_MISMATCH', foreign);
    }),

    {
      name: 'ids out of range are refused',
      async check() {
        const tokenizer = subject.tokenizer();
        const tokens = await firstWithTokens(tokenizer, subject);
        const { codebookSizes, codebooks } = tokenizer.vocabulary;
        for (const [codebook, size] of codebookSizes.entries()) {
          // An id that 32 bits cannot hold needs no refusal.
          if (size === 2 ** 32) continue;
          for (const row of [0, tokens.length - 1]) {
            const ids = Uint32Array.from(tokens.ids);
            ids[row * codebooks + codebook] = size;
            await refusesToDecode(tokenizer, 'ID_OUT_OF_RANGE', { ...tokens, ids });
          }
        }
      },
    },

    lawForEach('truncated tokens decode to a finite signal or a typed error', signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      const tokens = await tokenizer.encode(signal);
      for (const kept of new Set([0, 1, tokens.length >> 1, tokens.length - 1])) {
        if (kept < 0 || kept >= tokens.length) continue;
        const ids = tokens.ids.slice(0, kept * tokens.codebooks);
        await expectSafeDecode(`its first ${kept} tokens`, tokenizer, { ...tokens, ids, length: kept });
        await expectSafeDecode(`a length of ${tokens.length} with ids for ${kept}`, tokenizer, {
          ...tokens,
          ids,
        });
      }
    }),

    lawForEach('mutated tokens decode to a finite signal or a typed error', signals, async ({ signal }) => {
      const tokenizer = subject.tokenizer();
      const tokens = await tokenizer.encode(signal);
      const integer = seededRandom(1);
      const random = () => integer() / 2 ** 32;
      for (let n = 0; n < MUTATIONS; n++) {
        await expectSafeDecode(`mutation ${n}`, tokenizer, mutate(tokens, tokenizer, random));
      }
    }),
  ];

  if (isSyncTokenizer(subject.tokenizer())) {
    laws.push(
      lawForEach('decodeSync stays within the bound', signals, ({ signal }) => {
        const tokenizer = subject.tokenizer() as SyncTokenizer<Signal, Decoded>;
        within(subject.distance(signal, tokenizer.decodeSync(tokenizer.encodeSync(signal))));
      }),
    );
  }
  return laws;
}

async function refusesToDecode<Signal, Decoded>(
  tokenizer: Tokenizer<Signal, Decoded>,
  code: 'VOCABULARY_MISMATCH' | 'ID_OUT_OF_RANGE',
  tokens: TokenSequence,
): Promise<void> {
  const what =
    code === 'ID_OUT_OF_RANGE'
      ? `ids [${tokens.ids.slice(0, 32)}]`
      : `tokens of vocabulary ${tokens.fingerprint}`;
  await expectRefusal(`decode: ${what}`, code, () => tokenizer.decode(tokens));
  if (isSyncTokenizer(tokenizer))
    await expectRefusal(`decodeSync: ${what}`, code, () => tokenizer.decodeSync(tokens));
}

async function firstWithTokens<Signal, Decoded>(
  tokenizer: Tokenizer<Signal, Decoded>,
  { signals }: ConformanceSubject<Signal, Decoded>,
): Promise<TokenSequence> {
  for (const { signal } of signals) {
    const tokens = await tokenizer.encode(signal);
    if (tokens.length > 0) return tokens;
  }
  throw new Error('No signal encodes to any token. Add one that does.');
}

/** Replaces one id in four by any other of its codebook. */
function mutate(
  tokens: TokenSequence,
  { vocabulary }: Tokenizer<unknown>,
  random: () => number,
): TokenSequence {
  const { codebookSizes, codebooks } = vocabulary;
  const ids = tokens.ids.map((id, i) =>
    random() < 0.25 ? Math.floor(random() * codebookSizes[i % codebooks]) : id,
  );
  return { ...tokens, ids };
}
