/**
 * polytok's side of compare_vq.py: reads one JSON request per line from standard input and answers each with one line.
 * `train` takes steps of EMA-VQ, `kmeans` runs Lloyd's algorithm, `losses` and `diversity` give values and gradients. Arrays
 * are flat.
 */
import { createInterface } from 'node:readline';
import {
  type DiversityLossOptions,
  diversityLoss,
  EmaTrainer,
  type EmaTrainerOptions,
  fitKmeans,
  type KmeansOptions,
  orthogonalLoss,
  type VqLossOptions,
  vqLoss,
} from '@polytok/common/quantizers';

type Numbers = readonly number[];
type Flat<Options, Arrays extends string> = Omit<Options, Arrays> & Record<Arrays, Numbers>;

type Request =
  | {
      readonly kind: 'train';
      readonly options: Flat<EmaTrainerOptions, 'codes'>;
      readonly batches: readonly { readonly vectors: Numbers; readonly mask?: Numbers }[];
    }
  | { readonly kind: 'kmeans'; readonly options: Flat<KmeansOptions, 'init'>; readonly vectors: Numbers }
  | { readonly kind: 'losses'; readonly options: Flat<VqLossOptions, 'vectors' | 'codes'> }
  | { readonly kind: 'diversity'; readonly options: Flat<DiversityLossOptions, 'vectors' | 'codes'> };

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await answerTo(JSON.parse(line));
  console.log(
    JSON.stringify(answer, (_key, value) => (ArrayBuffer.isView(value) ? [...(value as never)] : value)),
  );
}

async function answerTo(request: Request): Promise<unknown> {
  if (request.kind === 'kmeans') {
    const { options, vectors } = request;
    return fitKmeans(Float32Array.from(vectors), { ...options, init: Float32Array.from(options.init) });
  }
  if (request.kind === 'diversity') {
    const { options } = request;
    return diversityLoss({
      ...options,
      vectors: Float32Array.from(options.vectors),
      codes: Float32Array.from(options.codes),
    });
  }
  if (request.kind === 'losses') {
    const { options } = request;
    const codes = Float32Array.from(options.codes);
    const loss = vqLoss({ ...options, vectors: Float32Array.from(options.vectors), codes });
    return { loss, orthogonal: orthogonalLoss(codes, options.dimension) };
  }
  const trainer = new EmaTrainer({ ...request.options, codes: Float32Array.from(request.options.codes) });
  const steps = request.batches.map(({ vectors, mask }) =>
    trainer.step(Float32Array.from(vectors), { mask }),
  );
  const { codes, counts, sums } = trainer.tensors();
  const frozen = trainer.freeze();
  const ids = frozen.quantize(Float32Array.from(request.batches[0].vectors));
  return { steps, codes: codes.values, counts: counts.values, sums: sums.values, ids };
}
