/** Any quantizer as one safetensors file: its tensors, and its configuration as JSON in the metadata. */
import { isPolytokError, PolytokError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensorToFloat32 } from '../io/safetensors.js';
import { parseJsonText } from '../json-text.js';
import type { ComputeOptions } from './codebook-quantizer.js';
import type { Quantizer } from './contract.js';
import { quantizerFromJSON } from './quantizer-from-json.js';
import type { QuantizerTensors } from './tensors.js';

/** Name of the configuration in the metadata. */
const CONFIG = 'quantizer';

/** The quantizer as the bytes of a file; equal quantizers give equal bytes. */
export function quantizerToSafetensors(quantizer: Quantizer): Uint8Array {
  const tensors = Object.entries(quantizer.tensors()).map(([name, { shape, values }]): [string, Tensor] => [
    name,
    { dtype: 'F32', shape, data: values },
  ]);
  return encodeSafetensors(new Map(tensors), { metadata: { [CONFIG]: JSON.stringify(quantizer) } });
}

/**
 * The quantizer in a file of {@link quantizerToSafetensors}. Half precision and doubles are converted, but a
 * fingerprint in the configuration is that of single precision.
 * @param compute what to compute with, which is not stored
 * @throws PolytokError `INVALID_FORMAT` for another file, or a quantizer that cannot be; `UNKNOWN_NAME` for a type that
 * is not in this entry; `VOCABULARY_MISMATCH` for tensors that were changed; `UNSUPPORTED` for tensors of integers;
 * `LIMIT_EXCEEDED`
 */
export function quantizerFromSafetensors(bytes: Uint8Array, compute?: ComputeOptions): Quantizer {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const config = parseConfig(metadata[CONFIG]);
  const arrays = Array.from(tensors, ([name, tensor]) => [
    name,
    { shape: tensor.shape, values: tensorToFloat32(tensor) },
  ]);
  try {
    return quantizerFromJSON(config, Object.fromEntries(arrays) as QuantizerTensors, compute);
  } catch (cause) {
    // Here the file is what is wrong, not an argument.
    if (!isPolytokError(cause) || cause.code !== 'INVALID_ARGUMENT') throw cause;
    throw new PolytokError('INVALID_FORMAT', `This file holds no sound quantizer. ${cause.message}`, {
      details: cause.details,
      cause,
    });
  }
}

function parseConfig(text: string | undefined): unknown {
  if (text === undefined) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `This safetensors file has no '${CONFIG}' in its metadata, so it holds no quantizer. Write one with quantizerToSafetensors().`,
    );
  }
  try {
    return parseJsonText(text);
  } catch (cause) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `The quantizer's configuration in this safetensors file is not sound JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
}
