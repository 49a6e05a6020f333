import {
  fingerprintOf,
  isJsonObject,
  PolytokError,
  requireInteger,
  type TokenSequence,
} from '@polytok/common';
import { requireFallback } from '../check-chunk.js';
import type { ActionChunk, ActionTokenizer, LenientDecode, LenientDecodeOptions } from '../contract.js';
import { Normalizer } from '../normalize/normalizer.js';
import { ACTION_KINDS, type ActionKind, type ActionTrack, createTrack } from '../tracks/action-track.js';
import { chunksOf } from '../tracks/chunks-of.js';
import { createActionRegistry } from './action-tokenizer-from-json.js';

/** What a pipeline knows of the actions that it takes. */
export interface ActionSignal {
  /** The feature of a data set, such as `action`. */
  readonly feature: string;
  /** `(columns)`: which of its columns, in this order. */
  readonly names: readonly string[];
  /** `(columns)` */
  readonly units?: readonly string[];
  /** Steps per second. */
  readonly fps: number;
  readonly kind: ActionKind;
  readonly grippers: readonly number[];
}

export interface ActionPipelineOptions {
  readonly tokenizer: ActionTokenizer;
  /** Default: none, the tokenizer takes actions as they are. */
  readonly normalizer?: Normalizer;
  readonly signal: ActionSignal;
}

/** The tokens of one chunk of a track. */
export interface EncodedChunk {
  /** First step of the chunk in its track. */
  readonly frame: number;
  readonly tokens: TokenSequence;
}

const VERSION = 1;

/**
 * From the actions of a robot to tokens and back: which columns, how they are normalised, and the tokenizer; one JSON file
 * that says what tokens mean. Frozen.
 */
export class ActionPipeline {
  static readonly type = 'action-pipeline';
  readonly tokenizer: ActionTokenizer;
  readonly normalizer: Normalizer | undefined;
  readonly signal: ActionSignal;

  /** @throws PolytokError `INVALID_ARGUMENT` when columns do not fit each other */
  constructor({ tokenizer, normalizer, signal }: ActionPipelineOptions) {
    const columns = { signal: signal.names.length, normalizer: normalizer?.columns ?? tokenizer.columns };
    if (columns.signal !== tokenizer.columns || columns.normalizer !== tokenizer.columns) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `The tokenizer has ${tokenizer.columns} columns, the names are ${columns.signal}, the normalizer's ${columns.normalizer}. All must be equal.`,
        { details: { tokenizer: tokenizer.columns, ...columns } },
      );
    }
    // Names, kind, rate and grippers are checked as those of a track.
    createTrack({ ...signal, values: new Float64Array(0) });
    this.tokenizer = tokenizer;
    this.normalizer = normalizer;
    this.signal = Object.freeze({ ...signal });
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the parts throw */
  static fromJSON(config: unknown): ActionPipeline {
    if (!isJsonObject(config) || config.type !== ActionPipeline.type || !isSignal(config.signal)) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `An action pipeline is a JSON object of type '${ActionPipeline.type}' with a tokenizer and a signal. Write it with toJSON().`,
      );
    }
    if (typeof config.version !== 'number' || config.version > VERSION) {
      throw new PolytokError(
        'UNSUPPORTED',
        `This pipeline has version ${config.version}; this release of polytok reads version ${VERSION}.`,
        { details: { version: config.version, supported: VERSION } },
      );
    }
    return new ActionPipeline({
      tokenizer: createActionRegistry().fromJSON(config.tokenizer),
      normalizer: config.normalizer ? Normalizer.fromJSON(config.normalizer) : undefined,
      signal: config.signal,
    });
  }

  /** Of everything that decides what tokens mean. */
  get fingerprint(): string {
    return fingerprintOf(JSON.stringify(this.toJSON()));
  }

  /**
   * The tokens of a track, chunk by chunk; the last chunk rests at the last action until it is full.
   * @param stride steps from a chunk to the next. Default: the tokenizer's steps
   * @throws PolytokError `INVALID_ARGUMENT` for a track of other columns or rate
   */
  *encode(
    track: ActionTrack,
    { stride = this.tokenizer.steps }: { readonly stride?: number } = {},
  ): Generator<EncodedChunk, void> {
    requireInteger(stride, 'stride', { minimum: 1 });
    let frame = 0;
    for (const chunk of this.chunks(track, { stride })) {
      yield { frame, tokens: this.tokenizer.encodeSync(chunk) };
      frame += stride;
    }
  }

  /** The chunks of a track, normalised; copies. @throws PolytokError `INVALID_ARGUMENT` */
  *chunks(
    track: ActionTrack,
    { stride = this.tokenizer.steps }: { readonly stride?: number } = {},
  ): Generator<ActionChunk, void> {
    this.#check(track);
    for (const chunk of chunksOf(track, { steps: this.tokenizer.steps, stride, padding: 'repeat-last' })) {
      const own = Float64Array.from(chunk);
      this.normalizer?.apply(own);
      yield own;
    }
  }

  /** The actions of one chunk, `(steps, columns)`, in physical units. @throws PolytokError what `decodeSync` throws */
  decode(tokens: TokenSequence): Float64Array {
    const chunk = this.tokenizer.decodeSync(tokens) as Float64Array;
    this.normalizer?.invert(chunk);
    return chunk;
  }

  /**
   * {@link decode} of whatever a model wrote. Never throws for ids.
   * @param options the fallback is in physical units
   * @throws PolytokError `INVALID_ARGUMENT` for the fallback alone
   */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    requireFallback(fallback, this.tokenizer.columns);
    const normalised = fallback && Float64Array.from(fallback);
    if (normalised) this.normalizer?.apply(normalised);
    const decoded = this.tokenizer.decodeLenient(ids, { fallback: normalised });
    this.normalizer?.invert(decoded.actions);
    return decoded;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return {
      type: ActionPipeline.type,
      version: VERSION,
      signal: this.signal,
      normalizer: this.normalizer?.toJSON() ?? null,
      tokenizer: this.tokenizer.toJSON(),
    };
  }

  #check({ names, fps, kind }: ActionTrack): void {
    const same =
      names.length === this.signal.names.length && names.every((name, at) => name === this.signal.names[at]);
    if (same && fps === this.signal.fps && kind === this.signal.kind) return;
    const describe = (signal: Pick<ActionSignal, 'names' | 'fps' | 'kind'>) =>
      `${signal.names.join(', ')} (${signal.kind}, ${signal.fps} per second)`;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `This pipeline takes ${describe(this.signal)}; got ${describe({ names, fps, kind })}. Select the columns, or fit a pipeline to these data.`,
      { details: { expected: { ...this.signal }, actual: { names, fps, kind } } },
    );
  }
}

function isSignal(value: unknown): value is ActionSignal {
  const isTexts = (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === 'string');
  return (
    isJsonObject(value) &&
    typeof value.feature === 'string' &&
    isTexts(value.names) &&
    (value.units === undefined || isTexts(value.units)) &&
    typeof value.fps === 'number' &&
    ACTION_KINDS.some((kind) => kind === value.kind) &&
    Array.isArray(value.grippers)
  );
}
