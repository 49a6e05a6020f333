/**
 * Networks as `.onnx` files, for users of other languages and of ONNX Runtime alone: what `Network.open` runs, as a file.
 */
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { requireChoice } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { littleEndianBytes } from '../io/little-endian.js';
import { tensorToFloat32 } from '../io/safetensors.js';
import type { Graph } from '../onnx/graph/graph.js';
import { graphPart } from '../onnx/graph/graph-part.js';
import { encodeModel, type ParameterSource } from '../onnx/model/encode-model.js';
import { type BindWeightsOptions, bindWeights } from '../onnx/weights/bind-weights.js';
import type { WeightStore } from '../onnx/weights/weight-store.js';
import { type AtomicFileOptions, createAtomicFile, writeFileAtomic } from './atomic-file.js';

export const WEIGHT_PLACES = ['inside', 'beside'] as const;

export interface ExportOnnxOptions extends BindWeightsOptions, AtomicFileOptions {
  /** Outputs that the model computes; inputs and parameters that they do not need are left out. Default: all. */
  readonly outputs?: readonly string[];
  /**
   * Where the numbers are: in the model, which then is one file of less than 2 GiB, or in `NAME.data` beside it. Default:
   * inside up to 1 GiB, since readers hold such a file in memory twice.
   */
  readonly weights?: (typeof WEIGHT_PLACES)[number];
  /** Strings by name that are stored in the model. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Above this, weights are written beside the model by default. */
const MAX_DEFAULT_INSIDE_BYTES = 2 ** 30;
/** A protobuf message holds less than 2 GiB; the graph takes its share. */
const MAX_INSIDE_BYTES = 2 ** 31 - 2 ** 26;
/** Tensors beside the model begin at pages, so that runtimes can map them. */
const PAGE_BYTES = 4096;

/**
 * Writes a network as an ONNX model, operations of opset 20, weights in 32-bit floats. Files are there in full or not at
 * all, and never a model beside the numbers of another: an earlier model goes before its numbers are replaced.
 *
 *     await exportOnnx('encoder.onnx', graph, weights, { outputs: ['ids'] });
 *
 * @param path of the model; its folder exists
 * @returns the files written
 * @throws PolytokError `INVALID_FORMAT` for weights that do not fit (all named), `INVALID_ARGUMENT` for unknown outputs,
 *   `LIMIT_EXCEEDED` when weights of 2 GiB are to be inside, `IO`, `ABORTED`
 */
export async function exportOnnx(
  path: string,
  graph: Graph,
  weights: WeightStore,
  options: ExportOnnxOptions = {},
): Promise<readonly string[]> {
  const { outputs = [...graph.outputs.keys()], metadata, signal, fs } = options;
  const names = bindWeights(graph, weights, options);
  const part = graphPart(graph, outputs);
  const bytes = [...part.parameters.values()].reduce((sum, { shape }) => sum + 4 * countOf(shape), 0);
  const place = options.weights ?? (bytes > MAX_DEFAULT_INSIDE_BYTES ? 'beside' : 'inside');
  requireChoice(place, 'weights', WEIGHT_PLACES);
  if (place === 'inside' && bytes > MAX_INSIDE_BYTES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Weights of ${bytes} bytes do not fit into one model, which holds ${MAX_INSIDE_BYTES}. Write them beside it.`,
      { details: { bytes, limit: MAX_INSIDE_BYTES } },
    );
  }
  const read = async (parameter: string) => tensorToFloat32(await weights.read(names.get(parameter)!));
  const sources = new Map<string, ParameterSource>();
  const write = () =>
    writeFileAtomic(path, encodeModel(part, { source: ({ name }) => sources.get(name)!, metadata }), {
      signal,
      fs,
    });
  if (place === 'inside') {
    for (const name of part.parameters.keys()) sources.set(name, { data: await read(name) });
    await write();
    return [path];
  }
  const file = `${basename(path)}.data`;
  const dataPath = join(dirname(path), file);
  const data = await createAtomicFile(dataPath, { signal, fs });
  try {
    let offset = 0;
    for (const name of part.parameters.keys()) {
      const values = littleEndianBytes(await read(name));
      await data.write(values);
      sources.set(name, { file, offset, length: values.byteLength });
      const end = offset + values.byteLength;
      offset = Math.ceil(end / PAGE_BYTES) * PAGE_BYTES;
      await data.write(new Uint8Array(offset - end));
    }
    await (fs ?? { rm }).rm(path, { force: true });
    await data.commit();
  } finally {
    await data.abort();
  }
  await write();
  return [path, dataPath];
}

function countOf(shape: readonly unknown[]): number {
  return (shape as readonly number[]).reduce((product, size) => product * size, 1);
}
