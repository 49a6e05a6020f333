import { Graph, Scope, transpose } from '@polytok/common/onnx';
import type { AutoencoderConfig } from './contract.js';
import { decoder } from './decoder.js';
import { encoder } from './encoder.js';
import { codebookShapes } from './image-quantizer.js';

/** `(maps, channels, rows, columns)` or `(rows, columns, channels)`: what the quantizer takes. */
const CHANNELS_LAST = [0, 2, 3, 1];
const CHANNELS_FIRST = [0, 3, 1, 2];

/** `image` `[1, height, width, 3]` to `latents`: the quantizer's rows, one after another. */
export function encoderGraph(config: AutoencoderConfig): Graph {
  const graph = new Graph();
  const image = graph.input('image', [1, 'height', 'width', 3]);
  const latents = encoder(transpose(image, CHANNELS_FIRST), new Scope(graph), config);
  graph.output('latents', quantizesMaps(config) ? latents : transpose(latents, CHANNELS_LAST));
  return graph;
}

/** `codes`: the quantizer's rows, to `image` `[1, height, width, 3]`. */
export function decoderGraph(config: AutoencoderConfig): Graph {
  const graph = new Graph();
  const { codeChannels } = config;
  const codes = quantizesMaps(config)
    ? graph.input('codes', [1, codeChannels, 'rows', 'columns'])
    : transpose(graph.input('codes', [1, 'rows', 'columns', codeChannels]), CHANNELS_FIRST);
  graph.output('image', transpose(decoder(codes, new Scope(graph), config), CHANNELS_LAST));
  return graph;
}

/** Every tensor that a checkpoint has, as parameters of one graph. */
export function tensorGraph(config: AutoencoderConfig): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  encoder(graph.input('image', [1, 3, 'height', 'width']), scope, config);
  decoder(graph.input('codes', [1, config.codeChannels, 'rows', 'columns']), scope, config);
  for (const [name, shape] of Object.entries(codebookShapes(config))) graph.parameter(name, shape);
  return graph;
}

/** Whether a row of the quantizer is a whole map, channels first. */
export function quantizesMaps({ quantizer }: AutoencoderConfig): boolean {
  return quantizer === 'var-multiscale';
}
