/** Nesting that {@link parseJsonText} follows. Configuration files stay below 10; each level costs a reader memory. */
export const MAX_JSON_DEPTH = 64;

/**
 * `JSON.parse` for text that nobody vouches for. Beyond the grammar it refuses what `JSON.parse` lets pass:
 * a key that stands twice in one object (the last one wins in silence, so that two readers can see two
 * contents), and nesting deeper than {@link MAX_JSON_DEPTH} (a few million brackets take gigabytes).
 *
 * @throws SyntaxError naming the fault; callers wrap it in the error of their format
 */
export function parseJsonText(text: string): unknown {
  refuseDeepOrRepeated(text);
  return JSON.parse(text);
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** One pass over strings and brackets. What is not JSON at all is left for `JSON.parse` to name. */
function refuseDeepOrRepeated(text: string): void {
  // Keys of each open object; undefined stands for an open array.
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (open.length === MAX_JSON_DEPTH) {
          throw new SyntaxError(`Nesting deeper than ${MAX_JSON_DEPTH} levels at character ${i}`);
        }
        open.push(text.charCodeAt(i) === OPEN_OBJECT ? new Set() : undefined);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case QUOTE: {
        const end = closingQuote(text, i);
        if (end < 0) return;
        const keys = open[open.length - 1];
        if (keys !== undefined && isKey(text, end)) addKey(keys, text, i, end);
        i = end;
      }
    }
  }
}

/** Position of the quote that closes the string opened at `start`, or -1. */
function closingQuote(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return -1;
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    // An even number of backslashes escape each other and leave the quote alone.
    if ((end - first) % 2 === 0) return end;
  }
}

/** A string is a key when a colon follows. */
function isKey(text: string, end: number): boolean {
  let next = end + 1;
  while (text.charCodeAt(next) <= SPACE) next++;
  return text.charCodeAt(next) === COLON;
}

function addKey(keys: Set<string>, text: string, start: number, end: number): void {
  const raw = text.slice(start + 1, end);
  const key: string = raw.includes('\\') ? JSON.parse(text.slice(start, end + 1)) : raw;
  if (keys.has(key)) {
    throw new SyntaxError(
      `Key ${JSON.stringify(key)} stands twice in one object, again at character ${start}`,
    );
  }
  keys.add(key);
}
