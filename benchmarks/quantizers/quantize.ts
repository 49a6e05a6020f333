/**
 * polytok's side of compare_vector_quantize.py: reads one JSON request per line from standard input and answers each
 * with one line. A request is `{ config, vectors, losses? }`, an answer `{ ids, decoded, losses? }`.
 */
import { createInterface } from 'node:readline';
import { Lfq, lfqLosses, quantizerFromJSON } from '@polytok/common/quantizers';

interface Request {
  readonly config: unknown;
  /** `(rows, dimension)`, flat */
  readonly vectors: readonly number[];
  /** Options of `lfqLosses`. */
  readonly losses?: { readonly inverseTemperature: number; readonly commitmentWeight: number };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request: Request = JSON.parse(line);
  const quantizer = quantizerFromJSON(request.config);
  const vectors = Float64Array.from(request.vectors);
  const ids = quantizer.quantize(vectors);
  const decoded = quantizer.dequantize(ids, new Float64Array(vectors.length));
  const losses =
    request.losses && quantizer instanceof Lfq
      ? lfqLosses({ quantizer, vectors, ...request.losses })
      : undefined;
  console.log(JSON.stringify({ ids: Array.from(ids), decoded: Array.from(decoded), losses }));
}
