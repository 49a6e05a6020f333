/**
 * The split of GPT-2's pre-tokenizer (HuggingFace `ByteLevel`), on code points:
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * by classes looked up once, where a regular expression would build strings.
 */
const LETTER = 1;
const NUMBER = 2;
const SPACE = 3;
const OTHER = 4;

const APOSTROPHE = 0x27;
const BLANK = 0x20;
/** Behind an apostrophe. */
const ENDINGS = ['re', 've', 'll', 's', 't', 'm', 'd'].map((text) => [...text].map((c) => c.codePointAt(0)!));

/** Class of each code point below U+10000, 0 where it was not asked for yet. Code points never change class at run time. */
const classes = /* @__PURE__ */ new Uint8Array(0x10000);

function classOf(codePoint: number): number {
  if (codePoint >= classes.length) return classify(codePoint);
  if (classes[codePoint] === 0) classes[codePoint] = classify(codePoint);
  return classes[codePoint];
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (/\p{L}/u.test(character)) return LETTER;
  if (/\p{N}/u.test(character)) return NUMBER;
  // Not \s of JavaScript, which has U+FEFF and lacks U+0085.
  return /\p{White_Space}/u.test(character) ? SPACE : OTHER;
}

/** Whether a code point is white space, whose pieces depend on what follows. */
export function isSpace(codePoint: number): boolean {
  return classOf(codePoint) === SPACE;
}

/** Most code points of a piece that is an apostrophe and an ending. */
export const LONGEST_CONTRACTION = 3;

/** End of the piece that starts at `start`. */
export function pieceEnd(codePoints: ArrayLike<number>, start: number, length: number): number {
  if (codePoints[start] === APOSTROPHE) {
    const ending = endingAt(codePoints, start + 1, length);
    if (ending > 0) return start + 1 + ending;
  }
  const own = classOf(codePoints[start]);
  if (own !== SPACE) return runEnd(codePoints, start, length, own);
  const next = start + 1 < length ? classOf(codePoints[start + 1]) : SPACE;
  if (codePoints[start] === BLANK && next !== SPACE) return runEnd(codePoints, start + 1, length, next);
  const end = runEnd(codePoints, start, length, SPACE);
  // The last of several spaces goes with what follows.
  return end === length || end === start + 1 ? end : end - 1;
}

/** Length of the ending behind an apostrophe, 0 where there is none. Apart, so that `pieceEnd` makes no closure. */
function endingAt(codePoints: ArrayLike<number>, start: number, length: number): number {
  const ending = ENDINGS.find((letters) =>
    letters.every((letter, at) => start + at < length && codePoints[start + at] === letter),
  );
  return ending?.length ?? 0;
}

function runEnd(codePoints: ArrayLike<number>, start: number, length: number, own: number): number {
  let end = start + 1;
  // The table itself, not `classOf`: a chunk ends with hundreds of zeros, a run of one class.
  while (end < length && (classes[codePoints[end]] || classOf(codePoints[end])) === own) end++;
  return end;
}
