/** The golden values of residual quantizers, for tests. */
import { readFileSync } from 'node:fs';

/** State of one stage after a training step. */
export interface StageState {
  readonly counts: number[];
  readonly sums: number[];
  readonly codes: number[];
}

interface Forward {
  readonly ids: number[];
  readonly quantized: number[];
}

interface Step<State> extends Forward {
  readonly losses: number[];
  readonly state: State[];
}

interface ResidualGoldens {
  readonly dimension: number;
  readonly codebooks: number[][];
  readonly batches: number[][];
  readonly forward: Forward;
  readonly dropped: Forward;
  readonly ema: Step<StageState>[];
  readonly ema_dropout: Step<StageState>[];
  readonly grouped: {
    /** [group][stage] */
    readonly codebooks: number[][][];
    readonly batches: number[][];
    readonly steps: Step<StageState[]>[];
  };
  readonly vqbet: Forward & {
    readonly codebooks: number[][];
    readonly vectors: number[];
    readonly residual_norms: number[];
  };
}

export const residualGoldens: ResidualGoldens = JSON.parse(
  readFileSync(new URL('../../goldens/residual-vq.json', import.meta.url), 'utf8'),
);

export const float32 = (values: readonly number[]) => Float32Array.from(values);
