import type { Tokenizer, TokenSequence } from '../contract.js';
import { type ErrorCode, isPolytokError } from '../errors.js';
import { equalTokens } from '../token-sequence.js';
import type { Law } from './conformance.js';

/** A law over every signal of a subject; what it throws is prefixed with the signal's name. */
export function lawForEach<Item extends { readonly name: string }>(
  name: string,
  items: readonly Item[],
  check: (item: Item) => void | Promise<void>,
): Law {
  return {
    name,
    async check() {
      for (const item of items) {
        try {
          await check(item);
        } catch (error) {
          throw new Error(`Signal '${item.name}': ${describe(error)}`, { cause: error });
        }
      }
    },
  };
}

/** The value, or what was thrown in its place, synchronously or not. */
async function outcome<T>(call: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

export async function expectRefusal(what: string, code: ErrorCode, call: () => unknown): Promise<void> {
  const result = await outcome(call);
  if ('value' in result) throw new Error(`${what} must be refused with ${code}, but passed.`);
  if (!isPolytokError(result.error) || result.error.code !== code) {
    throw new Error(`${what} must be refused with ${code}; got ${describe(result.error)}`, {
      cause: result.error,
    });
  }
}

export function expectEqualTokens(what: string, actual: TokenSequence, expected: TokenSequence): void {
  if (equalTokens(actual, expected)) return;
  const { ids: actualIds, ...actualRest } = actual;
  const { ids: expectedIds, ...expectedRest } = expected;
  const at = actualIds.findIndex((id, i) => id !== expectedIds[i]);
  const difference =
    at >= 0
      ? `id ${at} is ${actualIds[at]} instead of ${expectedIds[at]}`
      : `${JSON.stringify(actualRest)} instead of ${JSON.stringify(expectedRest)}`;
  throw new Error(`${what} gives other tokens: ${difference}.`);
}

/** Damaged tokens may decode to anything finite, or to a typed error. */
export async function expectSafeDecode<Signal, Decoded>(
  what: string,
  tokenizer: Tokenizer<Signal, Decoded>,
  tokens: TokenSequence,
): Promise<void> {
  const result = await outcome(() => tokenizer.decode(tokens));
  if ('error' in result) {
    if (isPolytokError(result.error)) return;
    throw new Error(`${what} must decode to a signal or a PolytokError; got ${describe(result.error)}`, {
      cause: result.error,
    });
  }
  expectFinite(`${what} decodes to a signal that`, result.value);
}

/** Every number in float arrays, arrays and objects is finite; integer arrays always are. */
export function expectFinite(what: string, value: unknown, path = ''): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`${what} is ${value} at '${path}'.`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Float32Array || value instanceof Float64Array) {
    const at = value.findIndex((item) => !Number.isFinite(item));
    if (at >= 0) throw new Error(`${what} is ${value[at]} at '${path}[${at}]'.`);
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) expectFinite(what, item, `${path}[${i}]`);
  } else if (!ArrayBuffer.isView(value)) {
    for (const [key, field] of Object.entries(value)) expectFinite(what, field, `${path}.${key}`);
  }
}

/** Only what `JSON.stringify` keeps: no typed array, class instance, `undefined` or NaN. */
export function expectPlainJson(what: string, value: unknown, path = ''): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value))
    return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) expectPlainJson(what, item, `${path}[${i}]`);
  } else if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, field] of Object.entries(value)) expectPlainJson(what, field, `${path}.${key}`);
  } else {
    throw new Error(
      `${what} does not survive JSON: ${path || 'all of it'} is ${Object.prototype.toString.call(value)} (${value}).`,
    );
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
