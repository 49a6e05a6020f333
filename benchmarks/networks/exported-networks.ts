/** Small networks that between them have every kind of operation. */
import {
  averagePool,
  conv,
  crossEntropy,
  ctcLoss,
  Graph,
  gather,
  gelu,
  gradients,
  linear,
  maxPool,
  type NetworkTensor,
  nearestCode,
  Scope,
  sigmoid,
  transpose,
  votingHead,
  vqganAttention,
  vqganResidual,
  whisperBlock,
} from '@polytok/common/onnx';

interface ExportedNetwork {
  readonly build: () => Graph;
  /** @param random numbers from −1 to 1 */
  readonly inputs: (random: () => number) => Readonly<Record<string, NetworkTensor>>;
}

function floats(shape: readonly number[], random: () => number): NetworkTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { type: 'float32', shape, data: Float32Array.from({ length }, random) };
}

function ids(shape: readonly number[], below: number, random: () => number): NetworkTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = BigInt64Array.from({ length }, () => BigInt(Math.floor(((random() + 1) / 2) * below)));
  return { type: 'int64', shape, data };
}

export const EXPORTED_NETWORKS: Readonly<Record<string, ExportedNetwork>> = {
  speech: {
    build() {
      const graph = new Graph();
      const scope = new Scope(graph);
      const x = graph.input('x', ['batch', 8, 'frames']);
      const first = gelu(
        conv(x, { ...scope.conv('conv', { inputs: 8, outputs: 16, kernel: [3] }), padding: 1 }),
      );
      const pooled = averagePool(first, { kernel: 2 });
      const frames = whisperBlock(transpose(pooled, [0, 2, 1]), scope.at('layers.0'), { heads: 4 });
      const head = votingHead(frames, scope.at('quantizer'), { voters: 5, bits: 6 });
      graph.output('ids', head.ids);
      graph.output('quantized', head.rows);
      return graph;
    },
    inputs: (random) => ({ x: floats([2, 8, 21], random) }),
  },
  image: {
    build() {
      const graph = new Graph();
      const scope = new Scope(graph);
      const x = graph.input('x', [1, 3, 16, 16]);
      const map = conv(x, { ...scope.conv('in', { inputs: 3, outputs: 32, kernel: [3, 3] }), padding: 1 });
      const residual = vqganResidual(maxPool(map, { kernel: 2 }), scope.at('block'));
      const attended = vqganAttention(residual, scope.at('attention'));
      const latents = transpose(attended, [0, 2, 3, 1]);
      const { ids: codes, rows } = nearestCode(latents, scope.parameter('codes', [64, 32]), {
        metric: 'cosine',
      });
      graph.output('ids', codes);
      graph.output('rows', rows);
      return graph;
    },
    inputs: (random) => ({ x: floats([1, 3, 16, 16], random) }),
  },
  training: {
    build() {
      const graph = new Graph();
      const scope = new Scope(graph);
      const words = graph.input('words', [2, 12], 'int64');
      const table = scope.parameter('table', [20, 8]);
      const hidden = sigmoid(linear(gather(table, words), scope.linear('hidden', 8, 8)));
      const logits = linear(hidden, scope.linear('head', 8, 6));
      const entropy = crossEntropy(logits, graph.input('target', [2, 12], 'int64'));
      const ctc = ctcLoss(logits, graph.input('labels', [2, 4], 'int64'), { blank: 5 });
      graph.output('entropy', entropy);
      graph.output('ctc', ctc);
      const [byEntropy, byCtc] = [entropy, ctc].map((loss) => gradients(loss, [table])[0]);
      graph.output('slope of entropy', byEntropy);
      graph.output('slope of ctc', byCtc);
      return graph;
    },
    inputs: (random) => ({
      words: ids([2, 12], 20, random),
      target: ids([2, 12], 6, random),
      labels: ids([2, 4], 5, random),
    }),
  },
};
