import { describe, expect, it } from 'vitest';
import type { SyncTokenizer, Tokenizer, TokenizerConfig, TokenSequence } from '../contract.js';
import { PolytokError } from '../errors.js';
import { checkTokens, createTokenSequence } from '../token-sequence.js';
import { Vocabulary } from '../vocabulary.js';
import { type ConformanceSubject, conformanceLaws } from './conformance.js';

/** Numbers in [0, 1] as two hexadecimal digits each: `(numbers, 2)` ids, coarse and fine. */
class HexTokenizer implements SyncTokenizer<Float64Array> {
  readonly modality = 'numbers';
  readonly vocabulary = new Vocabulary({ modality: 'numbers', codebookSizes: [16, 16] });

  constructor(readonly gain = 1) {}

  async encode(signal: Float64Array): Promise<TokenSequence> {
    return this.encodeSync(signal);
  }

  async decode(tokens: TokenSequence): Promise<Float64Array> {
    return this.decodeSync(tokens);
  }

  encodeSync(signal: Float64Array): TokenSequence {
    const ids = new Uint16Array(2 * signal.length);
    for (const [i, value] of signal.entries()) {
      if (!(value >= 0 && value <= 1))
        throw new PolytokError('INVALID_ARGUMENT', `${value} is not in [0, 1].`);
      const level = Math.round(255 * value * this.gain);
      ids[2 * i] = level >> 4;
      ids[2 * i + 1] = level & 15;
    }
    const alignment = { kind: 'whole', length: signal.length } as const;
    return createTokenSequence({ vocabulary: this.vocabulary, ids, alignment });
  }

  decodeSync(tokens: TokenSequence): Float64Array {
    checkTokens(tokens, this.vocabulary);
    const { ids, length } = tokens;
    return Float64Array.from({ length }, (_, i) => (16 * ids[2 * i] + ids[2 * i + 1]) / 255 / this.gain);
  }

  tokenShape([length]: readonly number[]) {
    return { minLength: length, maxLength: length, codebooks: 2 };
  }

  toJSON(): TokenizerConfig {
    return { type: 'hex', gain: this.gain };
  }
}

type Subject = ConformanceSubject<Float64Array>;

/** All digits are even, so that a tokenizer can fail on digits that no signal has. */
const signals = [
  { name: 'empty', signal: new Float64Array(0), shape: [0] },
  { name: 'one', signal: Float64Array.of(0x88 / 255), shape: [1] },
  { name: 'ramp', signal: Float64Array.from([0x00, 0x22, 0x4e, 0xe2], (level) => level / 255), shape: [4] },
];

function subject(change: Partial<Subject> = {}): Subject {
  return {
    tokenizer: () => new HexTokenizer(),
    fromJSON: (config) => new HexTokenizer(config.gain as number),
    signals,
    distance: (a, b) =>
      Math.max(Math.abs(a.length - b.length), ...a.map((value, i) => Math.abs(value - b[i]))),
    tolerance: 0.5 / 255,
    badSignals: [{ name: 'NaN', signal: Float64Array.of(Number.NaN), code: 'INVALID_ARGUMENT' }],
    async encodeChunked(tokenizer, signal) {
      const halves = [signal.slice(0, signal.length >> 1), signal.slice(signal.length >> 1)];
      const [a, b] = await Promise.all(halves.map((half) => tokenizer.encode(half)));
      return {
        ...a,
        ids: Uint16Array.of(...a.ids, ...b.ids),
        length: a.length + b.length,
        alignment: { kind: 'whole', length: signal.length },
      };
    },
    ...change,
  };
}

/** A subject whose tokenizers, revived ones too, come from a class. */
function of(Class: new (gain?: number) => HexTokenizer, change: Partial<Subject> = {}): Subject {
  return subject({
    tokenizer: () => new Class(),
    fromJSON: (config) => new Class(config.gain as number),
    ...change,
  });
}

/** A subject whose asynchronous `decode` is wrong; everything else is sound. */
function decodingAs(numbers: (tokens: TokenSequence, sound: HexTokenizer) => Float64Array) {
  return of(
    class extends HexTokenizer {
      override async decode(tokens: TokenSequence) {
        return numbers(tokens, new HexTokenizer());
      }
    },
  );
}

/** For each law a tokenizer, or a use of it, that breaks it, and the complaint. */
const broken: [law: string, complaint: string, subject: Subject][] = [
  [
    'encode gives a well-formed sequence of its vocabulary',
    "Signal 'empty': Error: 'ids' of the tokens is Uint32Array instead of Uint16Array.",
    of(
      class extends HexTokenizer {
        override encodeSync(signal: Float64Array) {
          const tokens = super.encodeSync(signal);
          return { ...tokens, ids: Uint32Array.from(tokens.ids) };
        }
      },
    ),
  ],
  [
    'ids are below the codebook sizes',
    "Signal 'one': Error: id 1 is 24 in a codebook of 16.",
    of(
      class extends HexTokenizer {
        // Carries 8 + 16 in the fine digit where the coarse digit should be one higher.
        override encodeSync(signal: Float64Array) {
          const tokens = super.encodeSync(signal);
          if (tokens.ids[0] !== 8) return tokens;
          return { ...tokens, ids: Uint16Array.of(7, tokens.ids[1] + 16, ...tokens.ids.slice(2)) };
        }
        override decodeSync(tokens: TokenSequence) {
          const [coarse, fine, ...rest] = tokens.ids;
          if (coarse !== 7 || fine !== 24) return super.decodeSync(tokens);
          return super.decodeSync({ ...tokens, ids: Uint16Array.of(8, fine - 16, ...rest) });
        }
      },
    ),
  ],
  [
    'tokenShape holds what encode returns',
    "Signal 'one': Error: tokenShape gives 0 to 0 rows; encode gives 1.",
    of(
      class extends HexTokenizer {
        override tokenShape([length]: readonly number[]) {
          return super.tokenShape([length & ~1]);
        }
      },
    ),
  ],
  [
    'encoding again, overlapping and in another order, gives the same tokens',
    "Signal 'ramp': what encode had returned, after later calls, gives other tokens: id 0 is 8 instead of 0.",
    of(
      class extends HexTokenizer {
        readonly #scratch = new Uint16Array(64);
        override encodeSync(signal: Float64Array) {
          const tokens = super.encodeSync(signal);
          this.#scratch.set(tokens.ids);
          return { ...tokens, ids: this.#scratch.subarray(0, tokens.ids.length) };
        }
      },
      { encodeChunked: async (_, signal) => new HexTokenizer().encode(signal) },
    ),
  ],
  [
    'encodeSync equals encode',
    "Signal 'one': Error: encodeSync gives other tokens: id 1 is 9 instead of 8.",
    of(
      class extends HexTokenizer {
        override async encode(signal: Float64Array) {
          return super.encodeSync(signal);
        }
        // One level off, which the bound of this subject allows.
        override encodeSync(signal: Float64Array) {
          const { ids, ...tokens } = super.encodeSync(signal);
          return { ...tokens, ids: ids.map((id, i) => (i % 2 === 1 ? id + 1 : id)) };
        }
      },
      { tolerance: 1.5 / 255 },
    ),
  ],
  [
    'encoding in chunks equals encoding the whole',
    `Signal 'one': Error: encoding in chunks gives other tokens: {"modality":"numbers","length":0`,
    subject({ encodeChunked: (tokenizer, signal) => tokenizer.encode(signal.slice(0, -1)) }),
  ],
  [
    'bad signals are refused',
    "Signal 'NaN': Error: it must be refused with INVALID_ARGUMENT, but passed.",
    of(
      class extends HexTokenizer {
        override encodeSync(signal: Float64Array) {
          return super.encodeSync(signal.map((value) => value || 0));
        }
      },
    ),
  ],
  [
    'decoding what was encoded stays within the bound',
    "Signal 'one': Error: it decodes at distance 0.49",
    of(
      class extends HexTokenizer {
        override async decode(tokens: TokenSequence) {
          return super.decodeSync(tokens).map((value) => value + 0.5);
        }
      },
    ),
  ],
  [
    'decodeSync stays within the bound',
    "Signal 'one': Error: it decodes at distance NaN; the bound is 0.00196",
    of(
      class extends HexTokenizer {
        override async decode(tokens: TokenSequence) {
          return super.decodeSync(tokens);
        }
        override decodeSync(tokens: TokenSequence) {
          return super.decodeSync(tokens).map(() => Number.NaN);
        }
      },
    ),
  ],
  [
    'tokens of another vocabulary are refused',
    "Signal 'empty': Error: decode: tokens of vocabulary 0",
    decodingAs((tokens, sound) => sound.decodeSync({ ...tokens, fingerprint: sound.vocabulary.fingerprint })),
  ],
  [
    'ids out of range are refused',
    'decode: ids [16,8] must be refused with ID_OUT_OF_RANGE, but passed.',
    decodingAs((tokens, sound) =>
      sound.decodeSync({ ...tokens, ids: tokens.ids.map((id) => Math.min(id, 15)) }),
    ),
  ],
  [
    'truncated tokens decode to a finite signal or a typed error',
    "Signal 'one': Error: its first 0 tokens decodes to a signal that is NaN at '[0]'.",
    decodingAs((tokens, sound) => {
      const numbers = sound.decodeSync(tokens);
      const { length } = tokens.alignment as { length: number };
      return Float64Array.from({ length }, (_, i) => numbers[i]);
    }),
  ],
  [
    'mutated tokens decode to a finite signal or a typed error',
    "Signal 'one': Error: mutation",
    decodingAs((tokens, sound) => {
      if (tokens.ids.some((id) => id % 2 === 1)) throw new RangeError('odd');
      return sound.decodeSync(tokens);
    }),
  ],
  [
    'the configuration is plain JSON with a type',
    'The configuration does not survive JSON: .bias is [object Undefined] (undefined).',
    of(
      class extends HexTokenizer {
        override toJSON() {
          return { ...super.toJSON(), bias: undefined };
        }
      },
    ),
  ],
  [
    'fromJSON(toJSON()) encodes identically',
    "Signal 'one': Error: the revived tokenizer gives other tokens: id 0 is 4 instead of 8.",
    subject({ fromJSON: () => new HexTokenizer(0.5) }),
  ],
];

/** The laws that a subject breaks, with the complaint of each. */
async function violations(of: Subject): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const law of conformanceLaws(of)) {
    await law.check().catch((error: Error) => {
      found[law.name] = error.message;
    });
  }
  return found;
}

describe('a sound tokenizer', () => {
  it.each(conformanceLaws(subject()))('$name', ({ check }) => check());
});

describe('a tokenizer broken in one way breaks one law', () => {
  it.each(broken)('%s', async (law, complaint, subject) => {
    expect(await violations(subject)).toEqual({ [law]: expect.stringContaining(complaint) });
  });

  it('for every law there is', () => {
    expect(broken.map(([law]) => law).sort()).toEqual(
      conformanceLaws(subject())
        .map(({ name }) => name)
        .sort(),
    );
  });
});

describe('conformanceLaws', () => {
  const names = (of: ConformanceSubject<Float64Array>) => conformanceLaws(of).map(({ name }) => name);

  it('leaves out what the subject does not have', () => {
    const waiting = new HexTokenizer();
    const tokenizer = {
      modality: waiting.modality,
      vocabulary: waiting.vocabulary,
      encode: (signal: Float64Array) => waiting.encode(signal),
      decode: (tokens: TokenSequence) => waiting.decode(tokens),
      tokenShape: (shape: readonly number[]) => waiting.tokenShape(shape),
      toJSON: () => waiting.toJSON(),
    };
    const all = names(subject());
    const some = names(
      subject({ tokenizer: () => tokenizer, encodeChunked: undefined, badSignals: undefined }),
    );
    expect(all.filter((name) => !some.includes(name))).toEqual([
      'encodeSync equals encode',
      'encoding in chunks equals encoding the whole',
      'bad signals are refused',
      'decodeSync stays within the bound',
    ]);
  });

  it('takes a tokenizer that decodes to features', async () => {
    const numbers = new HexTokenizer();
    const digits = (tokens: TokenSequence): Float64Array => {
      checkTokens(tokens, numbers.vocabulary);
      return Float64Array.from(tokens.ids, (id) => id - 7.5);
    };
    const oneWay: Tokenizer<Float64Array, Float64Array> = {
      modality: numbers.modality,
      vocabulary: numbers.vocabulary,
      encode: (signal) => numbers.encode(signal),
      decode: async (tokens) => digits(tokens),
      tokenShape: (shape) => numbers.tokenShape(shape),
      toJSON: () => numbers.toJSON(),
    };
    const features = new Map<Float64Array, number[]>([
      [signals[0].signal, []],
      [signals[1].signal, [0.5, 0.5]],
      [signals[2].signal, [-7.5, -7.5, -5.5, -5.5, -3.5, 6.5, 6.5, -5.5]],
    ]);
    const distance = (signal: Float64Array, decoded: Float64Array) =>
      features.get(signal)!.reduce((sum, value, i) => sum + Math.abs(value - decoded[i]), 0);
    const change = { tokenizer: () => oneWay, fromJSON: () => oneWay, distance, tolerance: 0 };
    expect(await violations(subject({ ...change, encodeChunked: undefined, badSignals: undefined }))).toEqual(
      {},
    );
  });

  it('refuses to try a tokenizer on nothing', async () => {
    expect(() => conformanceLaws(subject({ signals: [] }))).toThrow('at least one signal');
    expect(await violations(subject({ signals: signals.slice(0, 1) }))).toEqual({
      'ids out of range are refused': 'No signal encodes to any token. Add one that does.',
    });
  });

  it('tries the foreign tokens of the subject', async () => {
    const other = new HexTokenizer();
    const foreign = await other.encode(signals[1].signal);
    expect(await violations(subject({ foreign }))).toEqual({
      'tokens of another vocabulary are refused': expect.stringContaining('but passed'),
    });
  });
});
