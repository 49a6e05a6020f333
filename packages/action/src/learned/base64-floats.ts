import { decodeBase64, encodeBase64, PolytokError } from '@polytok/common';

/** Numbers in single precision as text, for configurations that hold small tensors. */
export function floatsToBase64(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [at, value] of values.entries()) view.setFloat32(at * 4, value, true);
  return encodeBase64(new Uint8Array(view.buffer));
}

/** @throws PolytokError `INVALID_FORMAT` for other text, another number of values, or values that are not finite */
export function floatsFromBase64(text: unknown, length: number, name: string): Float32Array {
  if (typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0) {
    const bytes = decodeBase64(text);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length === 4 * length) {
      const values = Float32Array.from({ length }, (_, at) => view.getFloat32(at * 4, true));
      if (values.every(Number.isFinite)) return values;
    }
  }
  throw new PolytokError('INVALID_FORMAT', `'${name}' must be ${length} finite numbers in base64.`, {
    details: { name, length },
  });
}
