/**
 * Sections above this many bits per byte are compressed or encrypted as a rule. Plain machine code comes close:
 * 7.16 was measured in dense Thumb code, 7.14 in compressed RISC-V, 6.6 and less in x64.
 */
export const PACKED_ENTROPY = 7.2;

/**
 * Order-0 Shannon entropy of the byte values, in bits per byte: 0 for one repeated value (and for no bytes) to 8
 * for all values equally often.
 */
export function sectionEntropy(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]]++;
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits += (count / bytes.length) * Math.log2(bytes.length / count);
  }
  return bits;
}
