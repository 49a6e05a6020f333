/** The `metrics` part of the golden file, for tests. */
import { readFileSync } from 'node:fs';

interface MetricGoldens {
  renyi: {
    counts: number[];
    entropy_bits: Record<string, number>;
    efficiency: { alpha: number; V: number; value: number }[];
  };
  gini: { values: number[]; value: number }[];
  nsl: { tokens: number[]; reference_tokens: number[]; pooled: number; mean_of_ratios: number };
  premium: {
    tokens: Record<string, number>;
    reference: string;
    value: Record<string, number>;
    max_over_min: number;
  };
  toy_a: Record<string, number>;
  seam_inflation: { chunk_bytes: number; tokens_whole: number; tokens_chunked: number; inflation: number }[];
  instruction_alignment: {
    token_lengths: number[];
    instruction_starts: number[];
    code_bytes: number;
    precision: number;
    recall: number;
    whole: number;
    straddling: number;
    tokens_per_instruction: number;
    base_rate: number;
  }[];
}

interface ToyBpe {
  hex: string;
  /** `[left, right, count]` */
  merges: [number, number, number][];
  tokens_hex: string[];
  encoded_segments: number[][];
}

const golden = JSON.parse(readFileSync(new URL('../../goldens/binary.json', import.meta.url), 'utf8'));

/** Values are rounded to nine decimals in the file. */
export const DECIMALS = 8;
export const metricGoldens: MetricGoldens = golden.metrics;
const toy: ToyBpe = golden.bpe.find((entry: { name: string }) => entry.name === 'toy-a');

export const toyBytes = bytesOfHex(toy.hex);
export const toyIds = Uint16Array.from(toy.encoded_segments[0]);
export const toyMerges = {
  alphabetSize: 256,
  left: Uint32Array.from(toy.merges, ([left]) => left),
  right: Uint32Array.from(toy.merges, ([, right]) => right),
};
/** Bytes of each id. */
export const toyTokens: readonly Uint8Array[] = [
  ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  ...toy.tokens_hex.map(bytesOfHex),
];

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
