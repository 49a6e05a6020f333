/**
 * What each ONNX operation computes, as plainly as its specification says: https://onnx.ai/onnx/operators/
 *
 * Longer than other files, since it is one table of short functions, by the names of the operations.
 */
import type { Attribute } from '../graph/graph.js';
import type { evaluate as evaluateGraph } from './evaluate.fixture.js';
import {
  broadcastShape,
  build,
  count,
  get,
  getBroadcast,
  offset,
  type Tensor64,
  tensor,
} from './tensor.fixture.js';

export type Attributes = Readonly<Record<string, Attribute>>;
/** @param evaluate computes the body of a loop */
type Run = (
  inputs: readonly Tensor64[],
  attributes: Attributes,
  evaluate: typeof evaluateGraph,
) => Tensor64 | readonly Tensor64[];

const int = (attribute: Attribute | undefined, missing = 0) =>
  attribute && 'int' in attribute ? attribute.int : missing;
const ints = (attribute: Attribute | undefined) => (attribute && 'ints' in attribute ? attribute.ints : []);
const float = (attribute: Attribute | undefined) => (attribute && 'float' in attribute ? attribute.float : 0);

const unary =
  (of: (x: number) => number): Run =>
  ([x]) => ({ shape: x.shape, data: x.data.map(of) });

const elementwise =
  (of: (...values: number[]) => number): Run =>
  (inputs) =>
    build(broadcastShape(...inputs.map(({ shape }) => shape)), (at) =>
      of(...inputs.map((x) => getBroadcast(x, at))),
    );

const reduction =
  (of: (values: readonly number[]) => number): Run =>
  ([x, axes], attributes) => {
    const reduced = [...axes.data];
    const inner = x.shape.filter((_, axis) => reduced.includes(axis));
    const kept = x.shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
    const { data } = build(kept, (at) => {
      const values = build(inner, (within) => {
        let next = 0;
        return get(
          x,
          at.map((position, axis) => (reduced.includes(axis) ? within[next++] : position)),
        );
      });
      return of([...values.data]);
    });
    return tensor(
      int(attributes.keepdims, 1) ? kept : x.shape.filter((_, axis) => !reduced.includes(axis)),
      data,
    );
  };

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Applies a function to every line of `x` along an axis. */
function alongAxis(x: Tensor64, axis: number, of: (line: readonly number[]) => readonly number[]): Tensor64 {
  const size = x.shape[axis];
  const lines = new Map<string, readonly number[]>();
  return build(x.shape, (at) => {
    const others = at.filter((_, other) => other !== axis).join();
    let line = lines.get(others);
    if (!line) {
      line = of(
        Array.from({ length: size }, (_, i) =>
          get(
            x,
            at.map((p, other) => (other === axis ? i : p)),
          ),
        ),
      );
      lines.set(others, line);
    }
    return line[at[axis]];
  });
}

function softmaxOf(line: readonly number[]): number[] {
  const largest = Math.max(...line);
  const powers = line.map((x) => Math.exp(x - largest));
  return powers.map((power) => power / sum(powers));
}

const standardized = (x: Tensor64, axis: number, epsilon: number) =>
  alongAxis(x, axis, (line) => {
    const mean = sum(line) / line.length;
    const variance = sum(line.map((value) => (value - mean) ** 2)) / line.length;
    return line.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  });

/** Φ by its series, to the last digits of float64 within |x| < 6. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

/** Ties to even. */
function roundEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function matMul([a, b]: readonly Tensor64[]): Tensor64 {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const inner = a.shape.at(-1)!;
  const within = (x: Tensor64, at: readonly number[], row: number, column: number) => {
    const own = x.shape.slice(0, -2);
    return get(x, [
      ...own.map((size, axis) => (size === 1 ? 0 : at[axis + batch.length - own.length])),
      row,
      column,
    ]);
  };
  return build([...batch, a.shape.at(-2)!, b.shape.at(-1)!], (at) => {
    const [row, column] = at.slice(-2);
    let total = 0;
    for (let k = 0; k < inner; k++) total += within(a, at, row, k) * within(b, at, k, column);
    return total;
  });
}

function conv([x, weight, bias]: readonly Tensor64[], attributes: Attributes): Tensor64 {
  const kernel = weight.shape.slice(2);
  const rank = kernel.length;
  const [strides, dilations, pads] = [
    ints(attributes.strides),
    ints(attributes.dilations),
    ints(attributes.pads),
  ];
  const space = kernel.map((size, axis) => {
    const padded = x.shape[axis + 2] + pads[axis] + pads[axis + rank];
    return Math.floor((padded - dilations[axis] * (size - 1) - 1) / strides[axis]) + 1;
  });
  return build([x.shape[0], weight.shape[0], ...space], ([n, output, ...at]) => {
    const products = build(weight.shape.slice(1), ([input, ...tap]) => {
      const from = at.map(
        (position, axis) => position * strides[axis] + tap[axis] * dilations[axis] - pads[axis],
      );
      if (from.some((position, axis) => position < 0 || position >= x.shape[axis + 2])) return 0;
      return get(x, [n, input, ...from]) * get(weight, [output, input, ...tap]);
    });
    return sum([...products.data]) + (bias ? bias.data[output] : 0);
  });
}

function convTranspose([x, weight]: readonly Tensor64[], attributes: Attributes): Tensor64 {
  const kernel = weight.shape.slice(2);
  const rank = kernel.length;
  const [strides, dilations, pads] = [
    ints(attributes.strides),
    ints(attributes.dilations),
    ints(attributes.pads),
  ];
  const extra = ints(attributes.output_padding);
  const space = kernel.map(
    (size, axis) =>
      strides[axis] * (x.shape[axis + 2] - 1) +
      (extra[axis] ?? 0) +
      dilations[axis] * (size - 1) +
      1 -
      pads[axis] -
      pads[axis + rank],
  );
  const y = build([x.shape[0], weight.shape[1], ...space], () => 0);
  build([...x.shape, weight.shape[1], ...kernel], (at) => {
    const [n, input, ...rest] = at;
    const from = rest.slice(0, rank);
    const output = rest[rank];
    const tap = rest.slice(rank + 1);
    const to = from.map(
      (position, axis) => position * strides[axis] + tap[axis] * dilations[axis] - pads[axis],
    );
    if (to.every((position, axis) => position >= 0 && position < space[axis])) {
      y.data[offset(y.shape, [n, output, ...to])] +=
        get(x, [n, input, ...from]) * get(weight, [input, output, ...tap]);
    }
    return 0;
  });
  return y;
}

/** @param of the elements of a window that are not padding, and how many it has with padding */
const pool =
  (of: (window: readonly number[], whole: number) => number): Run =>
  ([x], attributes) => {
    const [kernel, strides, pads] = [
      ints(attributes.kernel_shape),
      ints(attributes.strides),
      ints(attributes.pads),
    ];
    const rank = kernel.length;
    const space = x.shape.slice(2);
    const sizes = space.map((size, axis) =>
      Math.floor((size + pads[axis] + pads[axis + rank] - kernel[axis]) / strides[axis] + 1),
    );
    return build([...x.shape.slice(0, 2), ...sizes], ([n, channel, ...at]) => {
      const window: number[] = [];
      build(kernel, (tap) => {
        const from = tap.map((position, axis) => at[axis] * strides[axis] + position - pads[axis]);
        if (from.every((position, axis) => position >= 0 && position < space[axis])) {
          window.push(get(x, [n, channel, ...from]));
        }
        return 0;
      });
      return of(window, count(kernel));
    });
  };

export const OPERATIONS: Readonly<Record<string, Run>> = {
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: elementwise((a, b) => a / b),
  Max: elementwise(Math.max),
  Min: elementwise(Math.min),
  Pow: elementwise((a, b) => a ** b),
  Greater: elementwise((a, b) => Number(a > b)),
  GreaterOrEqual: elementwise((a, b) => Number(a >= b)),
  Equal: elementwise((a, b) => Number(a === b)),
  Where: elementwise((condition, yes, no) => (condition ? yes : no)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Round: unary(roundEven),
  Floor: unary(Math.floor),
  Tanh: unary(Math.tanh),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Relu: unary((x) => Math.max(x, 0)),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Erf: unary(erf),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Gelu: unary((x) => (x * (1 + erf(x * Math.SQRT1_2))) / 2),
  Identity: ([x]) => x,
  Cast: ([x], { to }) => {
    const type = int(to);
    if (type === 9) return { shape: x.shape, data: x.data.map((value) => Number(value !== 0)) };
    return type === 6 || type === 7 ? { shape: x.shape, data: x.data.map(Math.trunc) } : x;
  },
  ReduceSum: reduction(sum),
  ReduceMean: reduction((values) => sum(values) / values.length),
  ReduceMax: reduction((values) => Math.max(...values)),
  Shape: ([x]) => tensor([x.shape.length], x.shape),
  Reshape: ([x, shape]) => {
    const sizes = [...shape.data].map((size, axis) => (size === 0 ? x.shape[axis] : size));
    const known = count(sizes.filter((size) => size !== -1));
    return tensor(
      sizes.map((size) => (size === -1 ? x.data.length / known : size)),
      x.data,
    );
  },
  Transpose: ([x], { perm }) =>
    build(
      ints(perm).map((axis) => x.shape[axis]),
      (at) => {
        const from: number[] = [];
        for (const [axis, old] of ints(perm).entries()) from[old] = at[axis];
        return get(x, from);
      },
    ),
  Expand: ([x, shape]) => build(broadcastShape(x.shape, [...shape.data]), (at) => getBroadcast(x, at)),
  Concat: (inputs, { axis }) => {
    const at = int(axis);
    const total = sum(inputs.map(({ shape }) => shape[at]));
    const shape = inputs[0].shape.map((size, other) => (other === at ? total : size));
    return build(shape, (position) => {
      let part = 0;
      let left = position[at];
      while (left >= inputs[part].shape[at]) left -= inputs[part++].shape[at];
      return get(
        inputs[part],
        position.map((p, other) => (other === at ? left : p)),
      );
    });
  },
  Split: ([x, sizes], { axis }) => {
    let start = 0;
    return [...sizes.data].map((size) => {
      const first = start;
      start += size;
      return build(
        x.shape.map((old, other) => (other === int(axis) ? size : old)),
        (at) =>
          get(
            x,
            at.map((p, other) => (other === int(axis) ? p + first : p)),
          ),
      );
    });
  },
  Slice: ([x, starts, ends, axes, steps]) => {
    const [axis, step] = [axes.data[0], steps.data[0]];
    const size = x.shape[axis];
    // Backwards, the end may be before the first element.
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const limit = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, least), most);
    const first = limit(starts.data[0]);
    const length = Math.max(0, Math.ceil((limit(ends.data[0]) - first) / step));
    return build(
      x.shape.map((old, other) => (other === axis ? length : old)),
      (at) =>
        get(
          x,
          at.map((p, other) => (other === axis ? first + p * step : p)),
        ),
    );
  },
  Pad: ([x, pads, filling], { mode }) => {
    const rank = x.shape.length;
    const reflects = mode && 'string' in mode && mode.string === 'reflect';
    const mirrored = (position: number, size: number) =>
      position < 0 ? -position : position >= size ? 2 * (size - 1) - position : position;
    return build(
      x.shape.map((size, axis) => size + pads.data[axis] + pads.data[axis + rank]),
      (at) => {
        const seen = at.map((position, axis) => position - pads.data[axis]);
        const from = reflects ? seen.map((position, axis) => mirrored(position, x.shape[axis])) : seen;
        const isOutside = from.some((position, axis) => position < 0 || position >= x.shape[axis]);
        return isOutside ? (filling?.data[0] ?? 0) : get(x, from);
      },
    );
  },
  // Nearest, asymmetric, floor: the only form in use.
  Resize: ([x, , scales]) =>
    build(
      x.shape.map((size, axis) => Math.floor(size * scales.data[axis])),
      (at) =>
        get(
          x,
          at.map((position, axis) => Math.floor(position / scales.data[axis])),
        ),
    ),
  DepthToSpace: ([x], { blocksize }) => {
    const b = int(blocksize);
    const [n, channels, height, width] = x.shape;
    const outputs = channels / b ** 2;
    return build([n, outputs, b * height, b * width], ([at, c, row, column]) =>
      get(x, [at, ((row % b) * b + (column % b)) * outputs + c, Math.floor(row / b), Math.floor(column / b)]),
    );
  },
  SpaceToDepth: ([x], { blocksize }) => {
    const b = int(blocksize);
    const [n, channels, height, width] = x.shape;
    return build([n, channels * b ** 2, height / b, width / b], ([at, deep, row, column]) => {
      const block = Math.floor(deep / channels);
      return get(x, [at, deep % channels, row * b + Math.floor(block / b), column * b + (block % b)]);
    });
  },
  MatMul: matMul,
  Gemm: ([a, b, bias], { transA, transB }) => {
    const turned = (x: Tensor64) => build([x.shape[1], x.shape[0]], ([row, column]) => get(x, [column, row]));
    const product = matMul([int(transA) ? turned(a) : a, int(transB) ? turned(b) : b]);
    return bias ? build(product.shape, (at) => get(product, at) + getBroadcast(bias, at)) : product;
  },
  Conv: conv,
  ConvTranspose: convTranspose,
  AveragePool: pool((window, whole) => sum(window) / whole),
  MaxPool: pool((window) => Math.max(...window)),
  'com.microsoft.MultiHeadAttention': ([query, key, value], { num_heads }) => {
    const each = query.shape[2] / int(num_heads);
    return build(query.shape, ([n, frame, channel]) => {
      const head = channel - (channel % each);
      const shares = softmaxOf(
        Array.from({ length: key.shape[1] }, (_, other) => {
          const products = Array.from(
            { length: each },
            (_, i) => get(query, [n, frame, head + i]) * get(key, [n, other, head + i]),
          );
          return sum(products) / Math.sqrt(each);
        }),
      );
      return sum(shares.map((share, other) => share * get(value, [n, other, channel])));
    });
  },
  Softmax: ([x], { axis }) => alongAxis(x, int(axis), softmaxOf),
  LogSoftmax: ([x], { axis }) => alongAxis(x, int(axis), (line) => softmaxOf(line).map(Math.log)),
  LayerNormalization: ([x, scale, offsets], { epsilon }) => {
    const last = x.shape.length - 1;
    const normal = standardized(x, last, float(epsilon));
    const y = build(x.shape, (at) => get(normal, at) * scale.data[at.at(-1)!] + offsets.data[at.at(-1)!]);
    const perLine = [...x.shape.slice(0, -1), 1];
    const means = alongAxis(x, last, (line) => line.map(() => sum(line) / line.length));
    const mean = build(perLine, (at) => get(means, at));
    const inverse = build(perLine, (at) => {
      const variances = Array.from({ length: x.shape[last] }, (_, i) => {
        return (get(x, [...at.slice(0, -1), i]) - get(mean, at)) ** 2;
      });
      return 1 / Math.sqrt(sum(variances) / variances.length + float(epsilon));
    });
    return [y, mean, inverse];
  },
  InstanceNormalization: ([x, scale, offsets], { epsilon }) => {
    const flat = tensor([x.shape[0], x.shape[1], count(x.shape.slice(2))], x.data);
    const normal = standardized(flat, 2, float(epsilon));
    return tensor(
      x.shape,
      build(flat.shape, (at) => get(normal, at) * scale.data[at[1]] + offsets.data[at[1]]).data,
    );
  },
  Gather: ([x, indices]) =>
    build([...indices.shape, ...x.shape.slice(1)], (at) =>
      get(x, [get(indices, at.slice(0, indices.shape.length)), ...at.slice(indices.shape.length)]),
    ),
  GatherElements: ([x, indices], { axis }) =>
    build(indices.shape, (at) =>
      get(
        x,
        at.map((p, other) => (other === int(axis) ? get(indices, at) : p)),
      ),
    ),
  ScatterElements: ([x, indices, updates], { axis, reduction }) => {
    const data = x.data.slice();
    const adds = reduction && 'string' in reduction && reduction.string === 'add';
    build(indices.shape, (at) => {
      const to = offset(
        x.shape,
        at.map((p, other) => (other === int(axis) ? get(indices, at) : p)),
      );
      data[to] = get(updates, at) + (adds ? data[to] : 0);
      return 0;
    });
    return { shape: x.shape, data };
  },
  Range: ([start, limit]) => {
    const numbers = Array.from({ length: limit.data[0] - start.data[0] }, (_, i) => start.data[0] + i);
    return tensor([numbers.length], numbers);
  },
  Scan: (inputs, { body, num_scan_inputs, scan_input_directions }, evaluate) => {
    if (!('graph' in body)) throw new Error('Scan has a body.');
    const { graph } = body;
    const carried = inputs.length - int(num_scan_inputs);
    const names = [...graph.inputs.values()].map(({ name }) => name);
    const steps = inputs[carried].shape[0];
    const backwards = ints(scan_input_directions)[0] === 1;
    let state = inputs.slice(0, carried);
    const outputs: Tensor64[][] = [];
    for (let step = 0; step < steps; step++) {
      const at = backwards ? steps - 1 - step : step;
      const elements = inputs.slice(carried).map(({ shape, data }) => {
        const size = count(shape.slice(1));
        return tensor(shape.slice(1), data.slice(at * size, (at + 1) * size));
      });
      const feeds = Object.fromEntries([...state, ...elements].map((value, i) => [names[i], value]));
      const results = evaluate(graph, feeds, [...graph.outputs.values()]);
      state = results.slice(0, carried);
      outputs[at] = results.slice(carried);
    }
    const stacked = outputs[0].map((first, i) =>
      tensor(
        [steps, ...first.shape],
        outputs.flatMap((values) => [...values[i].data]),
      ),
    );
    return [...state, ...stacked];
  },
  ArgMax: ([x], { axis }) => {
    const at = int(axis);
    const size = x.shape[at];
    return build(
      x.shape.filter((_, other) => other !== at),
      (rest) => {
        const line = Array.from({ length: size }, (_, i) =>
          get(x, [...rest.slice(0, at), i, ...rest.slice(at)]),
        );
        return line.indexOf(Math.max(...line));
      },
    );
  },
};
