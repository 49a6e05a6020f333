/**
 * Writes small ONNX models: the few messages of onnx.proto3 that a graph of constants and nodes needs, in
 * Protocol Buffers' wire format.
 */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers?: Readonly<Record<string, number>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  /** A name stands for a length that is known with the input. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Numbers of TensorProto.DataType. */
export const DATA_TYPES = { float32: 1, int32: 6 } as const;
/** AttributeProto.AttributeType of an integer. */
const INTEGER = 2;
const IR_VERSION = 10;
const OPSET = 21;

export function onnxModel({ nodes, inputs, outputs, constants }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeBytes(node))),
    text(2, 'graph'),
    ...constants.map((constant) => message(5, constantBytes(constant))),
    ...inputs.map((value) => message(11, valueBytes(value))),
    ...outputs.map((value) => message(12, valueBytes(value))),
  ];
  const opset = Buffer.concat([text(1, ''), integer(2, OPSET)]);
  return Buffer.concat([integer(1, IR_VERSION), message(8, opset), message(7, Buffer.concat(graph))]);
}

function nodeBytes({ operator, inputs, outputs, integers = {} }: OnnxNode): Buffer {
  const attributes = Object.entries(integers).map(([name, value]) =>
    message(5, Buffer.concat([text(1, name), integer(3, value), integer(20, INTEGER)])),
  );
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...attributes,
  ]);
}

function constantBytes({ name, shape, values }: OnnxConstant): Buffer {
  return Buffer.concat([
    ...shape.map((length) => integer(1, length)),
    integer(2, DATA_TYPES.float32),
    text(8, name),
    message(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

function valueBytes({ name, type, shape }: OnnxValue): Buffer {
  const lengths = shape.map((length) =>
    message(1, typeof length === 'number' ? integer(1, length) : text(2, length)),
  );
  const tensor = Buffer.concat([integer(1, DATA_TYPES[type]), message(2, Buffer.concat(lengths))]);
  return Buffer.concat([text(1, name), message(2, message(1, tensor))]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

function message(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
