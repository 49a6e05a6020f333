/** Bytes of pixels as numbers from −1 to 1, and back, as LlamaGen has them. */

/** byte / 127.5 − 1. Floats are given as they are. */
export function pixelsToFloats(data: Uint8Array | Uint8ClampedArray | Float32Array): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data, (byte) => byte / 127.5 - 1);
}

/** 127.5 · x + 128, cut off below 0 and above 255, and truncated. */
export function floatsToBytes(data: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = Math.floor(127.5 * data[i] + 128);
  return new Uint8Array(bytes.buffer);
}
