/** The bytes behind base64 text, the form in which WebAssembly modules and vocabularies stand in the source. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  // A callback per character would be felt when a vocabulary of 350 kB is loaded.
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  return bytes;
}
