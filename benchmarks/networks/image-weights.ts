/** Weights in LlamaGen's layout and size with random values: what is measured does not depend on them. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { encodeSafetensors, type Tensor } from '@polytok/common/io';
import { Graph, Scope } from '@polytok/common/onnx';
import { type AutoencoderConfig, decoder, encoder, IMAGE_PRESETS } from '@polytok/image';

export const IMAGE_CONFIG: AutoencoderConfig = IMAGE_PRESETS['llamagen-vq16'];
/** Pixels along a side. */
export const SIDE = 256;

let state = 1;
/** −1 to 1. */
function random(): number {
  state = (Math.imul(1664525, state) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

/** An image of waves and noise, `(height, width, 3)` from −1 to 1. */
export function randomImage(): Float32Array {
  state = 7;
  return Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => 0.6 * Math.sin(i / 91) + 0.4 * random());
}

/** Writes the file, once. @returns its number of parameters */
export function makeImageWeights(file: string): number {
  const graph = new Graph();
  networks(graph);
  graph.parameter('quantize.embedding.weight', [IMAGE_CONFIG.codes, IMAGE_CONFIG.codeChannels]);
  state = 1;
  const tensors = new Map<string, Tensor>();
  let parameters = 0;
  const isMade = existsSync(file);
  for (const { name, shape } of graph.parameters.values()) {
    const sizes = shape as readonly number[];
    const length = sizes.reduce((product, size) => product * size, 1);
    parameters += length;
    if (isMade) continue;
    const scale = sizes.length > 1 ? Math.sqrt(3 / (length / sizes[0])) : 0.1;
    const middle = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
    const data = new Float32Array(length);
    for (let i = 0; i < length; i++) data[i] = middle + scale * random();
    tensors.set(name, { dtype: 'F32', shape: sizes, data });
  }
  if (!isMade) {
    writeFileSync(`${file}.making`, encodeSafetensors(tensors));
    renameSync(`${file}.making`, file);
  }
  return parameters;
}

/** Billions of multiplications and additions of the convolutions of each half. */
export function convolutionWork(): { encode: number; decode: number } {
  const graph = new Graph();
  const decoderStart = networks(graph);
  const work = graph.operations.map(({ op, inputs, outputs }) => {
    if (op !== 'Conv') return 0;
    const count = (shape: readonly unknown[]) =>
      (shape as number[]).reduce((product, size) => product * size, 1);
    return (2 * count(inputs[1]!.shape.slice(1)) * count(outputs[0].shape)) / 1e9;
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return { encode: sum(work.slice(0, decoderStart)), decode: sum(work.slice(decoderStart)) };
}

/** Both halves at the measured size. @returns where the decoder's operations begin */
function networks(graph: Graph): number {
  const scope = new Scope(graph);
  encoder(graph.input('image', [1, 3, SIDE, SIDE]), scope, IMAGE_CONFIG);
  const start = graph.operations.length;
  const side = SIDE / 16;
  decoder(graph.input('codes', [1, IMAGE_CONFIG.codeChannels, side, side]), scope, IMAGE_CONFIG);
  return start;
}
