/**
 * polytok's side of the comparisons: reads one JSON request per line from standard input and answers each
 * with one line. A request is `{ config, tensors?, vectors, losses? }`, an answer `{ ids, decoded, losses? }`.
 */
import { createInterface } from 'node:readline';
import {
  Bsq,
  bsqLosses,
  Ibq,
  ibqLosses,
  LatentQuantizer,
  Lfq,
  latentLosses,
  lfqLosses,
  MultiScaleVq,
  multiScaleVqLosses,
  type Quantizer,
  quantizerFromJSON,
  SimVq,
  simVqLosses,
  type Vectors,
  VotingLfq,
  votingLosses,
} from '@polytok/common/quantizers';

interface Request {
  readonly config: unknown;
  /** By name; default: none, which is enough where codes are computed. */
  readonly tensors?: Readonly<Record<string, { shape: number[]; values: number[] }>>;
  /** `(rows, dimension)`, flat */
  readonly vectors: readonly number[];
  /** Options of the quantizer's losses. */
  readonly losses?: object;
}

function lossesOf(quantizer: Quantizer, vectors: Vectors, options: object): object | undefined {
  if (quantizer instanceof Lfq) return lfqLosses({ quantizer, vectors, ...options });
  if (quantizer instanceof LatentQuantizer) return latentLosses({ quantizer, vectors, ...options });
  if (quantizer instanceof SimVq) return simVqLosses({ quantizer, vectors, ...options });
  if (quantizer instanceof Ibq) return ibqLosses({ quantizer, vectors, ...options });
  if (quantizer instanceof MultiScaleVq) return multiScaleVqLosses({ quantizer, vectors, ...options });
  if (quantizer instanceof VotingLfq) return votingLosses({ quantizer, branches: vectors, ...options });
  if (quantizer instanceof Bsq) return bsqTotal(quantizer, vectors, options);
  return undefined;
}

/** BSQ's terms come unweighted; here each weighs 1. */
function bsqTotal(quantizer: Bsq, vectors: Vectors, options: object): object {
  const { sampleEntropy, batchEntropy, commitment } = bsqLosses({ quantizer, vectors, ...options });
  return { total: commitment + sampleEntropy - batchEntropy };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request: Request = JSON.parse(line);
  const tensors = Object.entries(request.tensors ?? {}).map(([name, { shape, values }]) => [
    name,
    { shape, values: Float32Array.from(values) },
  ]);
  const quantizer = quantizerFromJSON(request.config, Object.fromEntries(tensors));
  const vectors = Float64Array.from(request.vectors);
  const ids = quantizer.quantize(vectors);
  const rows = vectors.length / quantizer.dimension;
  const decoded = quantizer.dequantize(ids, new Float64Array(rows * quantizer.codeDimension));
  const losses = request.losses && lossesOf(quantizer, vectors, request.losses);
  console.log(JSON.stringify({ ids: Array.from(ids), decoded: Array.from(decoded), losses }));
}
