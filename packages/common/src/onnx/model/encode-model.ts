/** A graph as an ONNX model: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import { littleEndianBytes } from '../../io/little-endian.js';
import { type DataArray, ONNX_DATA_TYPES } from '../graph/data-type.js';
import type { Attribute, Operation, Value } from '../graph/graph.js';
import type { GraphPart } from '../graph/graph-part.js';
import { liveOperations } from '../graph/live-operations.js';
import { Message } from './protobuf.js';

/** Version of ONNX's operations in all models: Gelu is of 20; runtimes of 2024 and later have it. */
export const ONNX_OPSET = 20;
/** Version of the file format. */
export const ONNX_IR_VERSION = 9;

/** Where the numbers of a parameter are. */
export type ParameterSource =
  /** In the model. */
  | { readonly data: DataArray }
  /** In a file beside the model, at a byte offset. */
  | { readonly file: string; readonly offset: number; readonly length: number }
  /** Fed at every run, as an input. */
  | 'input';

export interface EncodeModelOptions {
  /** Where each parameter is; called in their order. */
  readonly source: (parameter: Value) => ParameterSource;
  /** Strings by name that are stored with the model. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The bytes of an `.onnx` file. The same graph and sources give the same bytes. */
export function encodeModel(graph: GraphPart, { source, metadata = {} }: EncodeModelOptions): Uint8Array {
  const model = new Message()
    .integer(1, ONNX_IR_VERSION)
    .text(2, 'polytok')
    .message(8, (opset) => opset.text(1, '').integer(2, ONNX_OPSET));
  const domains = new Set(liveOperations(graph).map(({ op }) => domainOf(op)));
  for (const domain of domains) {
    if (domain !== '') model.message(8, (opset) => opset.text(1, domain).integer(2, 1));
  }
  model.message(7, (message) => writeGraph(message, graph, source));
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, (entry) => entry.text(1, key).text(2, value));
  }
  return model.finish();
}

function writeGraph(message: Message, graph: GraphPart, source: EncodeModelOptions['source']): void {
  const operations = liveOperations(graph);
  const names = new Names(graph.outputs, operations);
  for (const operation of operations) message.message(1, (node) => writeOperation(node, operation, names));
  for (const [name, value] of graph.outputs) {
    const written = names.of(value);
    if (written === name) continue;
    message.message(1, (node) => node.text(1, written).text(2, name).text(4, 'Identity'));
  }
  message.text(2, 'polytok');
  const fed = [...graph.inputs.values()];
  for (const parameter of graph.parameters.values()) {
    const from = source(parameter);
    if (from === 'input') fed.push(parameter);
    else message.message(5, (tensor) => writeTensor(tensor, parameter, from));
  }
  for (const { value, data } of graph.constants) {
    message.message(5, (tensor) => writeTensor(tensor, value, { data }));
  }
  for (const value of fed) message.message(11, (info) => writeValueInfo(info, value.name, value));
  for (const [name, value] of graph.outputs) message.message(12, (info) => writeValueInfo(info, name, value));
}

/** How values are called in a model, and which of them something reads. */
class Names {
  readonly #names = new Map<Value, string>();
  readonly #read: ReadonlySet<Value | undefined>;

  constructor(named: ReadonlyMap<string, Value>, operations: readonly Operation[]) {
    this.#read = new Set([...operations.flatMap(({ inputs }) => inputs), ...named.values()]);
    const computed = new Set(operations.flatMap(({ outputs }) => outputs));
    // What an operation computes it writes as the output; what is fed, and constants, are copied to it.
    for (const [name, value] of named) {
      if (computed.has(value) && !this.#names.has(value)) this.#names.set(value, name);
    }
  }

  of(value: Value): string {
    return this.#names.get(value) ?? value.name;
  }

  isRead(value: Value): boolean {
    return this.#read.has(value);
  }
}

/** Results from this one on may be left out of a model, and are then not computed. */
const FIRST_OPTIONAL_OUTPUT: Readonly<Record<string, number>> = { LayerNormalization: 1 };

function writeOperation(node: Message, { op, inputs, outputs, attributes }: Operation, names: Names): void {
  const optional = FIRST_OPTIONAL_OUTPUT[op] ?? outputs.length;
  for (const input of inputs) node.text(1, input ? names.of(input) : '');
  for (const [at, output] of outputs.entries()) {
    if (at < optional || names.isRead(output)) node.text(2, names.of(output));
    else node.text(2, '');
  }
  const domain = domainOf(op);
  node.text(3, outputs[0].name).text(4, op.slice(domain === '' ? 0 : domain.length + 1));
  for (const [name, value] of Object.entries(attributes)) {
    node.message(5, (attribute) => writeAttribute(attribute.text(1, name), value));
  }
  if (domain !== '') node.text(7, domain);
}

/** Of `com.microsoft.MultiHeadAttention` it is `com.microsoft`, of ONNX's own operations the empty one. */
function domainOf(op: string): string {
  return op.slice(0, Math.max(0, op.lastIndexOf('.')));
}

function writeAttribute(message: Message, attribute: Attribute): void {
  if ('float' in attribute) message.float(2, attribute.float).integer(20, 1);
  else if ('int' in attribute) message.integer(3, attribute.int).integer(20, 2);
  else if ('string' in attribute) message.text(4, attribute.string).integer(20, 3);
  else if ('graph' in attribute) {
    message.message(6, (body) => writeGraph(body, attribute.graph, () => 'input')).integer(20, 5);
  } else {
    for (const value of attribute.ints) message.integer(8, value);
    message.integer(20, 7);
  }
}

function writeTensor(
  message: Message,
  { name, type, shape }: Value,
  source: Exclude<ParameterSource, 'input'>,
): void {
  for (const size of shape) message.integer(1, size as number);
  message.integer(2, ONNX_DATA_TYPES[type]).text(8, name);
  if ('data' in source) {
    message.bytes(9, littleEndianBytes(source.data));
    return;
  }
  const entries = { location: source.file, offset: String(source.offset), length: String(source.length) };
  for (const [key, value] of Object.entries(entries)) {
    message.message(13, (entry) => entry.text(1, key).text(2, value));
  }
  message.integer(14, 1);
}

function writeValueInfo(message: Message, name: string, { type, shape }: Value): void {
  message.text(1, name).message(2, (of) =>
    of.message(1, (tensor) => {
      tensor.integer(1, ONNX_DATA_TYPES[type]).message(2, (dimensions) => {
        for (const size of shape) {
          dimensions.message(1, (dimension) => {
            if (typeof size === 'number') dimension.integer(1, size);
            else dimension.text(2, size);
          });
        }
      });
    }),
  );
}
