/**
 * IEEE 754 half precision as single precision, exactly.
 * @param bits `(n)` patterns: 1 sign, 5 exponent and 10 fraction bits
 * @returns `(n)`
 */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = bits[i] & 0x8000 ? -1 : 1;
    const exponent = (bits[i] >> 10) & 0x1f;
    const fraction = bits[i] & 0x3ff;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[i] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else values[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return values;
}

/**
 * bfloat16 as single precision, exactly: it is the upper half of it.
 * @param bits `(n)` patterns: 1 sign, 8 exponent and 7 fraction bits
 * @returns `(n)`
 */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  return new Float32Array(words.buffer);
}
