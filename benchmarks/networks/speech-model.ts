import {
  conv,
  Graph,
  gelu,
  linear,
  logSoftmax,
  negate,
  pick,
  reduceMean,
  Scope,
  transpose,
  whisperBlock,
} from '@polytok/common/onnx';

export const BATCH = 16;
export const FRAMES = 100;
const MEL = 80;
const WIDTH = 256;
export const CLASSES = 128;

/** Two convolutions and two transformer blocks over log-mel frames, with a class for each frame. */
export function speechModel(): Graph {
  const graph = new Graph();
  const scope = new Scope(graph);
  const x = graph.input('x', [BATCH, MEL, FRAMES]);
  const target = graph.input('target', [BATCH, FRAMES], 'int64');
  const first = gelu(
    conv(x, { ...scope.conv('conv1', { inputs: MEL, outputs: WIDTH, kernel: [3] }), padding: 1 }),
  );
  const second = gelu(
    conv(first, { ...scope.conv('conv2', { inputs: WIDTH, outputs: WIDTH, kernel: [3] }), padding: 1 }),
  );
  let h = transpose(second, [0, 2, 1]);
  for (const layer of [0, 1]) h = whisperBlock(h, scope.at(`layers.${layer}`), { heads: 4 });
  const logits = linear(h, scope.linear('head', WIDTH, CLASSES));
  graph.output('loss', negate(reduceMean(pick(logSoftmax(logits), target))));
  return graph;
}
