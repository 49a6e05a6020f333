/** The bytes behind base64 text, the form in which WebAssembly modules and vocabularies stand in the source. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  // A callback per character would be felt when a vocabulary of 350 kB is loaded.
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  return bytes;
}

/** The text that {@link decodeBase64} reads. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  // In parts: a call takes some 100,000 arguments at most.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
