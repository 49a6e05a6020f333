/** What torch-quantizers.py wrote, for tests. Arrays are flat. */
import { readFileSync } from 'node:fs';

interface TorchGoldens {
  readonly var_helpers: {
    readonly bicubic_in: number[];
    readonly bicubic_out: number[];
    readonly area_out: number[];
    readonly phis: { readonly scales: number; readonly phis: number; readonly index: number[] }[];
    readonly maps: {
      readonly mode: 'area' | 'bicubic';
      readonly inputs: number;
      readonly outputs: number;
      readonly channels: number;
      readonly in: number[];
      readonly out: number[];
    }[];
  };
  readonly convolutions: {
    readonly kernel: number;
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly outputs: number;
    readonly in: number[];
    readonly weight: number[];
    readonly bias: number[];
    readonly out: number[];
  }[];
  readonly simvq: {
    readonly frozen: number[];
    readonly transform: number[];
    readonly codes: number[];
    readonly vectors: number[];
    readonly ids: number[];
    readonly loss: number;
    readonly transform_gradient: number[];
    readonly vectors_gradient: number[];
  };
  readonly random_projection: {
    readonly norm: boolean;
    readonly projections: number[];
    readonly codes: number[];
    readonly vectors: number[];
    readonly ids: number[];
  }[];
  readonly latent: {
    readonly levels: number[];
    readonly vectors: number[];
    readonly ids: number[];
    readonly loss: number;
    readonly moved_values: number[][];
    readonly moved_decoded: number[];
  };
  readonly ibq: {
    readonly temperature: number;
    readonly losses: Readonly<
      Record<'joint' | 'commitment' | 'codebook' | 'sampleEntropy' | 'batchEntropy' | 'total', number>
    >;
    readonly vectors: number[];
    readonly codes: number[];
    readonly ids: number[];
  };
  readonly diversity: {
    readonly variant: 'vq' | 'vq-cosine';
    readonly temperature: number;
    readonly positions: number;
    readonly vectors: number[];
    readonly codes: number[];
    readonly loss: number;
    readonly vectors_gradient?: number[];
    readonly codes_gradient?: number[];
  }[];
  readonly var: {
    readonly sides: number[];
    readonly cosine: boolean;
    readonly channels: number;
    readonly phis: number;
    readonly codes: number[];
    readonly weights: number[];
    readonly biases: number[];
    readonly maps: number[];
    readonly ids: number[];
    readonly totals: number[][];
    readonly next_inputs: number[];
    readonly loss: number;
  }[];
}

export const torchGoldens: TorchGoldens = JSON.parse(
  readFileSync(new URL('../../goldens/torch-quantizers.json', import.meta.url), 'utf8'),
);
