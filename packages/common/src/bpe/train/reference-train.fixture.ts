/**
 * BPE training by its definition, for tests: counts everything anew for every merge. Rules: goldens/binary.json.
 */
import type { ParityOptions } from './parity.js';
import type { TrainingSequence } from './symbol-stream.js';
import type { TrainBpeOptions } from './train-bpe.js';

export interface ReferenceTraining {
  /** left, right, count, group (-1: all groups together) */
  readonly merges: [left: number, right: number, count: number, group: number][];
  readonly tokens: number;
}

interface Segment {
  tokens: number[];
  readonly weight: number;
  readonly group: number;
  readonly measured: boolean;
}

export function referenceTrain(
  sequences: readonly TrainingSequence[],
  options: Pick<
    TrainBpeOptions,
    'alphabetSize' | 'vocabularySize' | 'minCount' | 'maxTokenSymbols' | 'parity'
  >,
): ReferenceTraining {
  const { alphabetSize = 256, vocabularySize, minCount = 2, maxTokenSymbols = Infinity, parity } = options;
  const segments = sequences.flatMap(cut);
  const groups = parity?.groups.length ?? 1;
  const lengths: number[] = Array(alphabetSize).fill(1);
  const measured = () =>
    Array.from({ length: groups }, (_, g) => count(segments.filter((s) => s.measured && s.group === g)));
  const initial = measured();
  const merges: ReferenceTraining['merges'] = [];
  while (lengths.length < vocabularySize) {
    const candidates = parity ? parityOrder(parity, merges, initial, measured()) : [-1];
    let best: [number, number, number, number] | undefined;
    for (const group of candidates) {
      const counts = pairCounts(segments.filter((s) => group < 0 || s.group === group));
      for (const [pair, n] of counts) {
        const [left, right] = pair.split(' ').map(Number);
        if (n < minCount || lengths[left] + lengths[right] > maxTokenSymbols) continue;
        const order = best && (best[2] - n || left - best[0] || right - best[1]);
        if (order === undefined || order < 0) best = [left, right, n, group];
      }
      if (best) break;
    }
    if (!best) break;
    const [left, right] = best;
    for (const segment of segments) segment.tokens = replace(segment.tokens, left, right, lengths.length);
    lengths.push(lengths[left] + lengths[right]);
    merges.push(best);
  }
  return { merges, tokens: count(segments) };
}

function cut({
  symbols,
  borders = [],
  weight = 1,
  group = 0,
  measured = false,
}: TrainingSequence): Segment[] {
  const ends = [...Array.from(borders), symbols.length];
  return ends.map((end, k) => {
    const tokens = Array.from(symbols.slice(k === 0 ? 0 : ends[k - 1], end));
    return { tokens, weight, group, measured };
  });
}

function count(segments: readonly Segment[]): number {
  return segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/** Pairs of different symbols count where they stand; of equal ones, those that left to right merging would take. */
function pairCounts(segments: readonly Segment[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tokens, weight } of segments) {
    for (let i = 0; i + 1 < tokens.length; i++) {
      const key = `${tokens[i]} ${tokens[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + weight);
      if (tokens[i] === tokens[i + 1] && tokens[i + 1] === tokens[i + 2]) i++;
    }
  }
  return counts;
}

function replace(tokens: readonly number[], left: number, right: number, product: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === left && tokens[i + 1] === right) {
      out.push(product);
      i++;
    } else out.push(tokens[i]);
  }
  return out;
}

/** Groups in the order in which they may choose, -1 for all together: see `ParityOptions`. */
function parityOrder(
  {
    groups,
    variant = 'window',
    window = 100,
    alpha = 2,
    globalMerges = 0,
    interval = 1,
    measure = 'tokens',
    targets,
  }: ParityOptions,
  merges: ReferenceTraining['merges'],
  initial: readonly number[],
  now: readonly number[],
): number[] {
  const turn = merges.length - globalMerges;
  if (turn < 0 || turn % interval !== interval - 1) return [-1];
  const recent = merges
    .map(([, , , group]) => group)
    .filter((group) => group >= 0)
    .slice(-window);
  const share = (g: number) => recent.filter((group) => group === g).length;
  const tired = (g: number) => variant === 'window' && share(g) > (alpha / groups.length) * recent.length;
  const need = (g: number) =>
    measure === 'tokens' ? now[g] : -(initial[g] / now[g]) / (targets ? targets[g] : 1);
  const order = groups
    .map((_, g) => g)
    .sort((a, b) => Number(tired(a)) - Number(tired(b)) || need(b) - need(a) || a - b);
  return interval > 1 ? [...order, -1] : order;
}
