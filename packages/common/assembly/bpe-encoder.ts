/**
 * Exact BPE encoding in linear time (AssemblyScript). Tokens are ranks; `NONE` is no token.
 *
 * A sequence of tokens is the BPE encoding of its bytes exactly if every adjacent pair is (`seamHolds`), and
 * any run of tokens of an encoding is an encoding. So `encode` walks forward by longest match and steps back
 * where a seam does not hold, and `settle` finds how much of an encoding no later input can change.
 * Facts and forward walk after github/rust-gems `bpe` (MIT); written from the description.
 *
 * Memory is laid out by the caller (src/bpe/encode/rank-encoder.ts):
 *   cells    u32  double-array trie: base << 9 | byte; the byte field of a free cell is 0x1ff
 *   longest  u32  per cell: the longest token that is a prefix of the cell's string
 *   runOf    u32  per cell: its place among runs, or 0
 *   runs     u64  per place: cell | last place of the run << 32; the next place is one more of the same byte
 *   parts    u64  per token: left | right << 32
 *   lengths  u32  per token: bytes
 *   shorter  u32  per token: the longest token that is a proper prefix of it, or NONE
 *   filter   bits of the pairs that have a product, by hash: one cached read refuses almost all others
 *   slots    u32  open addressing: products by hash of their parts
 */
const NONE: u32 = 0xffffffff;
/** Stands before the first token: every seam with it holds. */
const START: u32 = 0xfffffffe;
const BYTE_FIELD: u32 = 0x1ff;

let cells: usize = 0;
let longest: usize = 0;
let runOf: usize = 0;
let runs: usize = 0;
let parts: usize = 0;
let lengths: usize = 0;
let shorter: usize = 0;
let filter: usize = 0;
let filterShift: u32 = 0;
let slots: usize = 0;
let slotMask: u32 = 0;
let alphabet: u32 = 0;
let root: u32 = 0;
/** Longest token and symbol, in bytes. */
let window: u32 = 0;
let step: u32 = 0;

/** Bytes encoded at a time, a multiple of `step`. */
let blockBytes: u32 = 0;

/** Bytes before a block's end, beside two longest tokens, from which its last final border is looked for first. */
const SETTLE_REACH: u32 = 256;

export function configure(
  cellsAt: usize, longestAt: usize, runOfAt: usize, runsAt: usize, partsAt: usize, lengthsAt: usize, shorterAt: usize,
  filterAt: usize, filterBits: u32, slotsAt: usize, slotBits: u32, alphabetSize: u32, rootBase: u32,
  longestToken: u32, symbolBytes: u32, block: u32,
): void {
  window = longestToken;
  step = symbolBytes;
  blockBytes = block;
  cells = cellsAt;
  longest = longestAt;
  runOf = runOfAt;
  runs = runsAt;
  parts = partsAt;
  lengths = lengthsAt;
  shorter = shorterAt;
  filter = filterAt;
  filterShift = 32 - filterBits;
  slots = slotsAt;
  slotMask = (1 << slotBits) - 1;
  alphabet = alphabetSize;
  root = rootBase;
}

@inline function hashPair(a: u32, b: u32): u32 {
  const h: u32 = a * 0x9e3779b1 ^ (b + 0x7f4a7c15) * 0x85ebca6b;
  return (h ^ (h >>> 15)) * 0x2c1b3c6d;
}

@inline function lengthOf(token: u32): u32 {
  return load<u32>(lengths + (<usize>token << 2));
}

/** Enters every merge into `filter` and `slots`, which are empty (0 and NONE). */
export function indexProducts(first: u32, end: u32): void {
  for (let z = first; z < end; z++) {
    const pair = load<u64>(parts + (<usize>z << 3));
    const h = hashPair(<u32>pair, <u32>(pair >> 32));
    const bit = h >>> filterShift;
    const at = filter + (bit >>> 3);
    store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (bit & 7)));
    let slot = h & slotMask;
    while (load<u32>(slots + (<usize>slot << 2)) != NONE) slot = (slot + 1) & slotMask;
    store<u32>(slots + (<usize>slot << 2), z);
  }
}

/** The token that a merge makes of (a, b), or NONE. Of two merges with the same parts the earlier counts. */
@inline function product(a: u32, b: u32): u32 {
  const h = hashPair(a, b);
  const bit = h >>> filterShift;
  if (!((load<u8>(filter + (bit >>> 3)) >>> (bit & 7)) & 1)) return NONE;
  const pair = <u64>a | (<u64>b << 32);
  let slot = h & slotMask;
  while (true) {
    const z = load<u32>(slots + (<usize>slot << 2));
    if (z == NONE || load<u64>(parts + (<usize>z << 3)) == pair) return z;
    slot = (slot + 1) & slotMask;
  }
}

/**
 * Whether no merge with a rank below `bar` crosses the seam while (a, b) are built up side by side: undoes
 * the later made of the two, step by step, and looks for a product that would have come first.
 */
@inline function seamHoldsBelow(a: u32, b: u32, bar: u32): bool {
  while (true) {
    // NONE is above every bar.
    if (product(a, b) < bar) return false;
    if (a > b) {
      if (a < alphabet) return true;
      bar = a;
      a = <u32>(load<u64>(parts + (<usize>a << 3)) >> 32);
    } else {
      if (b < alphabet) return true;
      bar = b + 1; // the leftmost of equal merges wins
      b = load<u32>(parts + (<usize>b << 3));
    }
  }
}

/** Whether [a, b] is the encoding of its own bytes, given that [a] and [b] are. */
export function seamHolds(a: u32, b: u32): bool {
  return seamHoldsBelow(a, b, NONE);
}

/** Writes to `out + token` (u8 each) whether each token encodes to itself: its parts do, and nothing crosses their seam before it is made. */
export function markReachable(first: u32, end: u32, out: usize): void {
  for (let z = first; z < end; z++) {
    const pair = load<u64>(parts + (<usize>z << 3));
    const a = <u32>pair;
    const b = <u32>(pair >> 32);
    store<u8>(out + z, load<u8>(out + a) & load<u8>(out + b) & u8(product(a, b) == z && seamHoldsBelow(a, b, z)));
  }
}

/**
 * The longest token that starts at `at`; NONE where there is no such symbol. Long runs of one byte, such as the zeros behind a
 * spectrum or between the sections of a program, are one step where tokens have them.
 */
@inline function longestMatch(at: usize, end: usize): u32 {
  let base = root;
  let cell: u32 = 0;
  let before = BYTE_FIELD;
  while (at < end) {
    const byte = <u32>load<u8>(at++);
    const next = base + byte;
    let value = load<u32>(cells + (<usize>next << 2));
    if ((value & BYTE_FIELD) != byte) break;
    cell = next;
    if (byte == before) {
      const place = load<u32>(runOf + (<usize>cell << 2));
      if (place != 0) {
        const ahead = load<u32>(runs + (<usize>place << 3), 4) - place;
        const more = equalBytes(at, at + min<usize>(ahead, end - at), byte);
        at += more;
        cell = load<u32>(runs + ((<usize>place + more) << 3));
        value = load<u32>(cells + (<usize>cell << 2));
      }
    }
    before = byte;
    base = value >>> 9;
  }
  return load<u32>(longest + (<usize>cell << 2));
}

/** How many bytes from `at` on, and before `end`, are `byte`. */
@inline function equalBytes(at: usize, end: usize, byte: u32): usize {
  const from = at;
  const all = i8x16.splat(<i8>byte);
  while (at + 16 <= end) {
    const others = i8x16.bitmask(i8x16.ne(v128.load(at), all));
    if (others != 0) return at - from + ctz(others);
    at += 16;
  }
  while (at < end && load<u8>(at) == byte) at++;
  return at - from;
}

/**
 * Encodes `length` bytes at `input` to tokens at `out`, following token `context` (or START).
 * `dead` is scratch of `length / 8 + 1` bytes. Returns the number of tokens, or NONE if none fits after `context`,
 * or a symbol is none of the alphabet.
 */
function encode(input: usize, length: u32, context: u32, out: usize, dead: usize): u32 {
  if (length == 0) return 0;
  memory.fill(dead, 0, (length >>> 3) + 1);
  const end = input + length;
  let position: u32 = 0;
  let top = out;
  let previous = context;
  let candidate = longestMatch(input, end);
  while (true) {
    if (candidate != NONE) {
      const after = position + lengthOf(candidate);
      if (
        !((load<u8>(dead + (after >>> 3)) >>> (after & 7)) & 1) &&
        (previous == START || seamHoldsBelow(previous, candidate, NONE))
      ) {
        store<u32>(top, candidate);
        top += 4;
        previous = candidate;
        position = after;
        if (position >= length) return <u32>((top - out) >>> 2);
        candidate = longestMatch(input + position, end);
        continue;
      }
      candidate = load<u32>(shorter + (<usize>candidate << 2));
    }
    while (candidate == NONE) {
      const at = dead + (position >>> 3);
      store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (position & 7)));
      if (top == out) return NONE;
      top -= 4;
      const popped = load<u32>(top);
      position -= lengthOf(popped);
      previous = top == out ? context : load<u32>(top - 4);
      candidate = load<u32>(shorter + (<usize>popped << 2));
    }
  }
}

/**
 * The last border up to which the encoding is final, whatever follows the input; NONE if that cannot be told
 * from here. The input starts at a border of the encoding; `context` is the token before it (or START).
 *
 * Any continuation has a token border within the last `window` bytes (the longest token), and its tokens up
 * to there are the encoding of that prefix. So: find the last token of every prefix, then the nearest border
 * that all prefixes ending in the window share. `last` is scratch of `5 · (length + 1)` bytes.
 */
function settle(input: usize, length: u32, context: u32, last: usize): u32 {
  if (length < window) return NONE;
  memory.fill(last, 0xff, <usize>(length + 1) << 2);
  store<u32>(last, context);
  for (let i: u32 = 0; i < length; i += step) {
    const before = load<u32>(last + (<usize>i << 2));
    if (before == NONE) continue;
    let base = root;
    for (let j = i; j < length; j++) {
      const byte = <u32>load<u8>(input + j);
      const cell = base + byte;
      const value = load<u32>(cells + (<usize>cell << 2));
      if ((value & BYTE_FIELD) != byte) break;
      base = value >>> 9;
      const token = load<u32>(longest + (<usize>cell << 2));
      if (token == NONE || lengthOf(token) != j + 1 - i) continue;
      const slot = last + (<usize>(j + 1) << 2);
      if (load<u32>(slot) == NONE && (before == START || seamHoldsBelow(before, token, NONE))) store<u32>(slot, token);
    }
  }
  const windowStart = length - window;
  for (let i = windowStart + step; i <= length; i += step) {
    if (load<u32>(last + (<usize>i << 2)) == NONE) return NONE;
  }
  return commonBorder(last, length, windowStart);
}

/**
 * The highest border that the chains of all prefixes ending behind `windowStart` share. The chain that has come
 * least far down moves on; where it arrives at another, one is left of the two.
 */
function commonBorder(last: usize, length: u32, windowStart: u32): u32 {
  let chains = window / step;
  const marks = last + (<usize>(length + 1) << 2);
  memory.fill(marks, 0, length + 1);
  for (let i = length; i > 0; i -= step) {
    if (i <= windowStart && !load<u8>(marks + i)) continue;
    if (chains == 1 && i <= windowStart + step) return i;
    const border = i - lengthOf(load<u32>(last + (<usize>i << 2)));
    if (border > windowStart || load<u8>(marks + border)) chains--;
    else store<u8>(marks + border, 1);
  }
  return 0;
}

/** Bytes of input that the last `advance` turned into final tokens. */
let advanced: u32 = 0;
export function advancedBytes(): u32 {
  return advanced;
}

/**
 * Encodes `length` bytes at `input` behind token `context` (or START), block by block, to tokens at `out`.
 * Without `last` it stops at the last border that later input cannot move. Returns the number of tokens;
 * `advancedBytes` tells how much input they cover. `scratch` has `6 · (length + 1)` bytes.
 */
export function advance(input: usize, length: u32, context: u32, last: bool, out: usize, scratch: usize): u32 {
  let done: u32 = 0;
  let block = blockBytes;
  let top = out;
  while (done < length) {
    const held = min(block, length - done);
    const atEnd = done + held == length;
    const count = encode(input + done, held, context, top, scratch);
    if (count == NONE) {
      // The border before was final by what stands further on; the block ends too early for it to be one.
      if (atEnd) unreachable();
      block *= 2;
      continue;
    }
    let tokens = count;
    let border = held;
    if (!(atEnd && last)) {
      let reach = SETTLE_REACH + 2 * window;
      while (true) {
        while (tokens > 0 && held - border < reach) border -= lengthOf(load<u32>(top + (<usize>(--tokens) << 2)));
        const before = tokens > 0 ? load<u32>(top + (<usize>(tokens - 1) << 2)) : context;
        const final = settle(input + done + border, held - border, before, scratch);
        if (final != NONE && final > 0) {
          const goal = border + final;
          while (border < goal) border += lengthOf(load<u32>(top + (<usize>(tokens++) << 2)));
          break;
        }
        if (tokens == 0) break;
        reach *= 4;
      }
      if (tokens == 0) {
        // Not one border of the block is final: look at more input at a time.
        if (atEnd) break;
        block *= 2;
        continue;
      }
      block = blockBytes;
    }
    top += <usize>tokens << 2;
    context = load<u32>(top - 4);
    done += border;
    if (atEnd && !last) break;
  }
  advanced = done;
  return <u32>((top - out) >>> 2);
}

/**
 * Encodes segments, each on its own: segment `k` ends at `ends[k]` (u32, bytes from `input`), the first starts at 0.
 * Returns the number of tokens, or NONE if a symbol is none of the alphabet; `scratch` as for `advance`, for the longest
 * segment.
 */
export function encodeSegments(input: usize, ends: usize, count: u32, out: usize, scratch: usize): u32 {
  let top = out;
  let from: u32 = 0;
  for (let k: u32 = 0; k < count; k++) {
    const end = load<u32>(ends + (<usize>k << 2));
    const tokens = encode(input + from, end - from, START, top, scratch);
    if (tokens == NONE) return NONE;
    top += <usize>tokens << 2;
    from = end;
  }
  return <u32>((top - out) >>> 2);
}
