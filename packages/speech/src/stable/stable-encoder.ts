/**
 * The encoder of StableToken (arXiv 2509.22220): the lower half of Whisper's, pooled, and a quantizer of voters.
 *
 *     mel -> conv1 -> conv2 (stride 2) -> + positions -> layers -> pooling -> Voting-LFQ -> ids
 *
 * Parameters have the names of its checkpoints.
 */
import {
  add,
  averagePool,
  conv,
  Graph,
  gelu,
  maxPool,
  pad,
  Scope,
  transpose,
  type Value,
  votingHead,
  whisperBlock,
} from '@polytok/common/onnx';
import type { StableConfig } from './stable-config.js';

/**
 * The graph from log-mel frames to ids.
 *   - input `mel` `(batch, frames, bands)`: scaled log-mel frames
 *   - input `visible` `(1)`, int64: how many frames after the convolutions attention may see, the first so many
 *   - output `ids` `(batch, tokens)`, int32, bit 0 first: bit j is the majority of the voters' signs, 0 counting as −1
 *   - output `features` `(batch, tokens, width)`: what the quantizer is given
 *   - output `quantized` `(batch, tokens, width)`: what it gives back, projected from the voted signs
 *
 * An odd frame at the end is pooled with zeros.
 */
export function stableEncoder(config: StableConfig): Graph {
  const { bands, width, heads, hidden, layers, positions, poolingPosition, poolingKernel } = config;
  const graph = new Graph();
  const scope = new Scope(graph);
  const mel = graph.input('mel', ['batch', 'frames', bands]);
  const visible = graph.input('visible', [1], 'int64');
  const conv1 = scope.conv('conv1', { inputs: bands, outputs: width, kernel: [3] });
  const conv2 = scope.conv('conv2', { inputs: width, outputs: width, kernel: [3] });
  const first = gelu(conv(transpose(mel, [0, 2, 1]), { ...conv1, padding: 1 }));
  const second = gelu(conv(first, { ...conv2, padding: 1, stride: 2 }));
  const frames = transpose(second, [0, 2, 1]);
  let h = add(frames, rowsOfFrames(scope.parameter('embed_positions.weight', [positions, width]), frames));
  let isPooled = false;
  for (let layer = 0; layer < layers; layer++) {
    // Padding is pooled with frames that are none: behind the pooling there is nothing to leave out.
    h = whisperBlock(h, scope.at(`layers.${layer}`), {
      heads,
      hidden,
      ...(!isPooled && { visible }),
    });
    if (layer + 1 !== poolingPosition || poolingKernel === 1) continue;
    h = pool(h, config);
    isPooled = true;
  }
  const { voters, bits, projectionBias: bias } = config;
  const { ids, rows } = votingHead(h, scope.at('quantizer'), { voters, bits, bias });
  graph.output('features', h);
  graph.output('ids', ids);
  graph.output('quantized', rows);
  return graph;
}

/** The first rows of a table, one for each frame. */
function rowsOfFrames(table: Value, frames: Value): Value {
  const { graph, type } = table;
  const [zero, one] = [0n, 1n].map((value) => graph.constant('int64', [1], BigInt64Array.of(value)));
  const sizes = graph.operation('Shape', [frames], { type: 'int64', shape: [3] });
  const count = graph.operation('Gather', [sizes, one], { type: 'int64', shape: [1] });
  const shape = frames.shape.slice(1);
  return graph.operation('Slice', [table, zero, count, zero, one], { type, shape });
}

/** Mean or maximum of every `poolingKernel` frames; zeros fill the last ones up. */
function pool(h: Value, { poolingKernel: kernel, poolingType }: StableConfig): Value {
  const columns = transpose(pad(h, { axis: 1, after: kernel - 1 }), [0, 2, 1]);
  const pooled = poolingType === 'avg' ? averagePool(columns, { kernel }) : maxPool(columns, { kernel });
  return transpose(pooled, [0, 2, 1]);
}
