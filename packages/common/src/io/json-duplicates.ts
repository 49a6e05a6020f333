/**
 * The first key that stands twice in one object of a JSON text, or undefined. `JSON.parse` keeps the last of
 * them in silence, which lets two readers of one file see two different contents.
 * @param text valid JSON, that is, text that `JSON.parse` has accepted
 */
export function findDuplicateKey(text: string): string | undefined {
  // Keys of each object that is open; undefined stands for an open array.
  const open: (Set<string> | undefined)[] = [];
  // Strings are matched whole, so that brackets inside them do not count; a string before ':' is a key.
  for (const [, string, colon, bracket] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|([{}[\]])/g)) {
    if (bracket === '{') open.push(new Set());
    else if (bracket === '[') open.push(undefined);
    else if (bracket !== undefined) open.pop();
    else if (colon !== undefined) {
      const key: string = JSON.parse(string);
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
