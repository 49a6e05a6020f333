/** The golden values of log-mel levels, for tests. */
import { readFileSync } from 'node:fs';

interface GoldenBank {
  readonly sum: number;
  readonly rows: readonly {
    readonly row: number;
    readonly first_nonzero_bin: number;
    readonly values: readonly number[];
  }[];
}

export interface GoldenLevels {
  /** `(bands, frames)` */
  readonly shape: readonly [number, number];
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly entries: readonly { readonly mel: number; readonly frame: number; readonly value: number }[];
}

interface LogMelGoldens {
  readonly mel_bank: { readonly 80: GoldenBank; readonly 128: GoldenBank };
  readonly mel_bank_htk: GoldenBank;
  readonly log_mel_sine: {
    readonly mel80: GoldenLevels;
    readonly mel128: GoldenLevels;
    readonly padded_to_30s: { readonly mel80: GoldenLevels; readonly mel128: GoldenLevels };
  };
}

export const goldens: LogMelGoldens = JSON.parse(
  readFileSync(new URL('../../../goldens/log-mel.json', import.meta.url), 'utf8'),
);
