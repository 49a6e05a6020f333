import { PolytokError } from '../errors.js';
import { fingerprintOf } from '../fingerprint.js';

/** An array in single precision, row-major. */
export interface QuantizerTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a quantizer needs beside its configuration, by name; empty where codes are computed. */
export type QuantizerTensors = Readonly<Record<string, QuantizerTensor>>;

/** Identity of tensors: names, shapes and every bit of their values. */
export function fingerprintOfTensors(tensors: QuantizerTensors): string {
  const parts = Object.entries(tensors).map(([name, { shape, values }]) => [
    name,
    shape,
    fingerprintOf(values),
  ]);
  return fingerprintOf(JSON.stringify(parts.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * The values of stored tensors, which must be exactly those that `shapes` names.
 * @param type of the quantizer, for messages
 * @throws PolytokError `INVALID_FORMAT` when one is missing, unknown, or of another shape
 */
export function takeTensors<Name extends string>(
  type: string,
  tensors: QuantizerTensors,
  shapes: Readonly<Record<Name, readonly number[]>>,
): Record<Name, Float32Array> {
  const expected = Object.keys(shapes) as Name[];
  const names = Object.keys(tensors);
  if (names.length !== expected.length || !expected.every((name) => Object.hasOwn(tensors, name))) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `A '${type}' quantizer has the tensors ${expected.join(', ') || 'none'}; got ${names.join(', ') || 'none'}. Pass what tensors() gave.`,
      { details: { type, expected, actual: names } },
    );
  }
  const values = expected.map((name) => [name, valuesOf(type, name, tensors[name], shapes[name])]);
  return Object.fromEntries(values);
}

function valuesOf(
  type: string,
  name: string,
  { shape, values }: QuantizerTensor,
  expected: readonly number[],
): Float32Array {
  const length = expected.reduce((product, size) => product * size, 1);
  const fits =
    Array.isArray(shape) &&
    shape.length === expected.length &&
    shape.every((size, axis) => size === expected[axis]) &&
    values instanceof Float32Array &&
    values.length === length;
  if (fits) return values;
  throw new PolytokError(
    'INVALID_FORMAT',
    `Tensor '${name}' of this '${type}' quantizer must be a Float32Array of shape [${expected}]; got shape [${shape}] with ${values?.length} values.`,
    { details: { type, name, expected, shape, length: values?.length } },
  );
}
