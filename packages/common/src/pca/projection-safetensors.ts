/** A projection as one safetensors file: its arrays in double precision, and the rest as JSON in the metadata. */
import { isPolytokError, PolytokError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors, type Safetensors, type Tensor } from '../io/safetensors.js';
import { isJsonObject } from '../json.js';
import { parseJsonText } from '../json-text.js';
import { MAX_PCA_DIMENSION } from './fit-pca.js';
import { Projection, type ProjectionVariant } from './projection.js';

/** Name of the configuration in the metadata. */
const CONFIG = 'projection';

/** The projection as the bytes of a file; equal projections give equal bytes. */
export function projectionToSafetensors(projection: Projection): Uint8Array {
  const { type, dimension, mean, components, variances, totalVariance } = projection;
  const tensors: [string, Tensor][] = [
    ['mean', { dtype: 'F64', shape: [dimension], data: mean }],
    ['components', { dtype: 'F64', shape: [variances.length, dimension], data: components }],
    ['variances', { dtype: 'F64', shape: [variances.length], data: variances }],
  ];
  return encodeSafetensors(new Map(tensors), {
    metadata: { [CONFIG]: JSON.stringify({ type, totalVariance }) },
  });
}

/**
 * The projection in a file of {@link projectionToSafetensors}; it applies the same bits.
 * @throws PolytokError `INVALID_FORMAT` for another file, or a projection that cannot be; `LIMIT_EXCEEDED`
 */
export function projectionFromSafetensors(bytes: Uint8Array): Projection {
  const file = decodeSafetensors(bytes);
  const { type, totalVariance } = readConfig(file.metadata[CONFIG]);
  const mean = doubles(file, 'mean');
  if (mean.length > MAX_PCA_DIMENSION) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `A projection has at most ${MAX_PCA_DIMENSION} dimensions; this file's has ${mean.length}.`,
      { details: { dimension: mean.length, limit: MAX_PCA_DIMENSION } },
    );
  }
  const variances = doubles(file, 'variances');
  const components = doubles(file, 'components');
  try {
    const options = { mean, components, variances, totalVariance: Number(totalVariance) };
    return new Projection({ variant: type as ProjectionVariant, ...options });
  } catch (cause) {
    if (isPolytokError(cause)) throw unsound(cause.message, cause);
    throw cause;
  }
}

function doubles({ tensors }: Safetensors, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (tensor?.dtype === 'F64') return tensor.data;
  throw unsound(`Its tensor '${name}' must be F64; got ${tensor?.dtype ?? 'none'}.`);
}

function readConfig(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) throw unsound(`It has no '${CONFIG}' in its metadata.`);
  let config: unknown;
  try {
    config = parseJsonText(text);
  } catch (cause) {
    throw unsound((cause as Error).message, cause);
  }
  if (isJsonObject(config)) return config;
  throw unsound(`Its '${CONFIG}' is no JSON object.`);
}

function unsound(reason: string, cause?: unknown): PolytokError {
  return new PolytokError(
    'INVALID_FORMAT',
    `This safetensors file holds no sound projection. ${reason} Write one with projectionToSafetensors().`,
    { cause },
  );
}
