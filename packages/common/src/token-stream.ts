import type { TokenSequence } from './contract.js';
import { PolytokError } from './errors.js';
import type { TokenRegion } from './token-region.js';
import { createTokenSequence } from './token-sequence.js';

/** Tokens of one signal, under the name that their vocabulary has in the token space. */
export interface TokensSegment {
  readonly kind: 'tokens';
  readonly name: string;
  readonly tokens: TokenSequence;
}

/** Ids below the space: text of the language model that hosts it. */
export interface HostSegment<Ids extends ArrayLike<number> = Uint32Array> {
  readonly kind: 'host';
  readonly ids: Ids;
}

export type StreamSegment = TokensSegment | HostSegment;

/** Something in a stream that no `encode` writes, and what lenient reading makes of it. */
export type StreamProblem =
  /** Codes, padding or an end marker outside of any sequence. Left out. */
  | 'stray'
  /** A sequence without its end marker: the stream was cut short, or something else follows. It ends there. */
  | 'unclosed'
  /** Codes that do not follow the pattern of their frames. The complete frames before them are kept. */
  | 'broken-frames'
  /** Another number of frames than the grid has patches. The sequence is left out. */
  | 'incomplete-grid'
  /** An id beyond the space, or no 32-bit integer. Left out. */
  | 'out-of-range';

export interface StreamIssue {
  readonly problem: StreamProblem;
  /** Index in the stream where it begins. */
  readonly position: number;
  readonly message: string;
}

/** What decides how ids are read; a `TokenSpace` is one. */
export interface StreamGrammar {
  /** Ids below it belong to the host. */
  readonly firstId: number;
  readonly limit: number;
  regionOf(id: number): TokenRegion | undefined;
}

/** @throws PolytokError `ID_OUT_OF_RANGE` or `INVALID_FORMAT`; `details` hold the problem and the position */
export function throwIssue({ problem, position, message }: StreamIssue): never {
  throw new PolytokError(
    problem === 'out-of-range' ? 'ID_OUT_OF_RANGE' : 'INVALID_FORMAT',
    `${message} Decode in lenient mode to keep what can be read.`,
    { details: { problem, position } },
  );
}

/**
 * Reads `stream := (host ids | begin codes end)*`. Whatever else it meets goes to `report`; when that returns,
 * reading goes on behind it with whole frames alone.
 */
export function readStream(
  stream: ArrayLike<number>,
  grammar: StreamGrammar,
  report: (issue: StreamIssue) => void,
): StreamSegment[] {
  const segments: StreamSegment[] = [];
  let at = 0;
  while (at < stream.length) {
    const start = at;
    const kind = classify(stream[at], grammar);
    if (kind === 'begin') {
      const region = grammar.regionOf(stream[at])!;
      for (at++; at < stream.length && region.holds(stream[at]); ) at++;
      const tokens = readSequence(stream, region, start + 1, at, report);
      if (tokens !== undefined) segments.push({ kind: 'tokens', name: region.name, tokens });
      if (stream[at] === region.end) at++;
      continue;
    }
    while (at < stream.length && classify(stream[at], grammar) === kind) at++;
    if (kind === 'host') {
      segments.push({ kind, ids: Uint32Array.from({ length: at - start }, (_, i) => stream[start + i]) });
    } else {
      report({ problem: kind, position: start, message: describeRun(kind, stream, start, at, grammar) });
    }
  }
  return segments;
}

/** Reads the codes between the markers, at `stream[from … to-1]`. */
function readSequence(
  stream: ArrayLike<number>,
  region: TokenRegion,
  from: number,
  to: number,
  report: (issue: StreamIssue) => void,
): TokenSequence | undefined {
  const { name, vocabulary, alignment, pattern } = region;
  const { ids, brokenAt } = region.read(stream, from, to);
  const length = ids.length / vocabulary.codebooks;
  if (brokenAt !== undefined) {
    const why =
      brokenAt < to ? `${region.contentOf(stream[brokenAt])} does not come next` : 'there the codes end';
    report({
      problem: 'broken-frames',
      position: brokenAt,
      message: `The ${pattern} frames of '${name}' that begin at position ${from} break off at ${brokenAt}: ${why}.`,
    });
  }
  if (stream[to] !== region.end) {
    report({
      problem: 'unclosed',
      position: to,
      message: `'${name}' begins at position ${from - 1} and has no ${region.contentOf(region.end)} at ${to}.`,
    });
  }
  if (alignment.kind === 'grid' && alignment.rows * alignment.columns !== length) {
    report({
      problem: 'incomplete-grid',
      position: from,
      message: `'${name}' at position ${from} has ${length} frames for a grid of ${alignment.rows} × ${alignment.columns}.`,
    });
    return undefined;
  }
  return createTokenSequence({ vocabulary, ids, alignment });
}

function classify(id: number, { firstId, limit, regionOf }: StreamGrammar) {
  if (id >>> 0 !== id || id >= limit) return 'out-of-range';
  if (id < firstId) return 'host';
  return regionOf(id)?.begin === id ? 'begin' : 'stray';
}

function describeRun(
  kind: 'stray' | 'out-of-range',
  stream: ArrayLike<number>,
  from: number,
  to: number,
  grammar: StreamGrammar,
): string {
  const where = to - from === 1 ? `At position ${from}` : `At positions ${from} to ${to - 1}`;
  return kind === 'out-of-range'
    ? `${where}, id ${stream[from]} is not below ${grammar.limit}, the end of the token space.`
    : `${where}, ${grammar.regionOf(stream[from])!.contentOf(stream[from])} stands outside of any sequence.`;
}
