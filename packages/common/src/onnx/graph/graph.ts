/**
 * A network as a graph of ONNX operations, built by calling functions on values.
 *
 *     const graph = new Graph();
 *     const x = graph.input('x', ['batch', 80]);
 *     const y = relu(add(matMul(x, graph.parameter('weight', [80, 32])), graph.parameter('bias', [32])));
 *     graph.output('y', y);
 *
 * It guarantees: operations are in an order in which they can run, without cycles and loose ends, since they take nothing
 * but values that the graph made before; every value knows its type and shape; names are unique and depend on nothing but
 * the calls, so that the same calls give the same bytes. Values of two graphs do not mix.
 *
 * It does not guarantee that a runtime has every operation in every element type.
 */
import { PolytokError } from '../../errors.js';
import type { DataArrays, DataType } from './data-type.js';
import { type Dimension, formatShape, type Shape } from './shape.js';

/** The result of an operation, an input, a parameter or a constant. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly type: DataType;
  readonly shape: Shape;
}

/** An attribute of an ONNX operation, by its ONNX type. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string }
  /** The body of a loop; see `scan`. */
  | { readonly graph: Graph };

/**
 * Gradients of the inputs from those of the outputs (vector-Jacobian product), as further values of the graph.
 * @param gradients one per output, at least one of them defined; undefined where nothing depends on the output
 * @returns one per input; undefined, or missing, where there is no gradient
 */
export type Vjp = (
  gradients: readonly (Value | undefined)[],
  outputs: readonly Value[],
) => readonly (Value | undefined)[];

export interface Operation {
  /** Its name in ONNX; behind a dot that of a runtime's own: `com.microsoft.MultiHeadAttention`. */
  readonly op: string;
  /** Undefined for an optional input that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Undefined for operations without a gradient, where differentiation stops. */
  readonly vjp?: Vjp;
  /** The values that `vjp` gives gradients of: the inputs, or others where the gradient is a custom one. */
  readonly differentiated: readonly (Value | undefined)[];
}

export interface OperationOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly vjp?: Vjp;
  /** Values that `vjp` gives gradients of. Default: the inputs. */
  readonly differentiated?: readonly (Value | undefined)[];
}

/** A tensor that is part of the graph. */
export interface Constant {
  readonly value: Value;
  readonly data: DataArrays[DataType];
}

/** Type and shape of a value that is not computed yet. */
export interface ValueType {
  readonly type: DataType;
  readonly shape: Shape;
}

export class Graph {
  readonly #inputs = new Map<string, Value>();
  readonly #parameters = new Map<string, Value>();
  readonly #outputs = new Map<string, Value>();
  readonly #constants: Constant[] = [];
  /** By type, shape and first bytes. */
  readonly #constantsLike = new Map<string, Constant[]>();
  readonly #operations: Operation[] = [];
  readonly #producers = new Map<Value, Operation>();
  /** All that the graph made. */
  readonly #values = new WeakSet<Value>();
  readonly #prefix: string;

  /** @param prefix of the names of all values. A body of a loop has one, as names in a model are unique. Default: none */
  constructor({ prefix = '' }: { readonly prefix?: string } = {}) {
    this.#prefix = prefix;
  }

  /** What is fed at every run, by name. */
  get inputs(): ReadonlyMap<string, Value> {
    return this.#inputs;
  }

  /** What is learnt, by name. */
  get parameters(): ReadonlyMap<string, Value> {
    return this.#parameters;
  }

  /** What a run gives, by name. */
  get outputs(): ReadonlyMap<string, Value> {
    return this.#outputs;
  }

  get constants(): Iterable<Constant> {
    return this.#constants;
  }

  /** In the order of the calls, in which they can run. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** A value that is fed at every run. @throws PolytokError `INVALID_ARGUMENT` for a name that is taken, or a bad size */
  input(name: string, shape: Shape, type: DataType = 'float32'): Value {
    return this.#named(this.#inputs, name, shape, type);
  }

  /** A value that is learnt and stored. @throws PolytokError `INVALID_ARGUMENT` for a name that is taken, or a bad size */
  parameter(name: string, shape: readonly number[], type: DataType = 'float32'): Value {
    requireNumbers(name, shape);
    return this.#named(this.#parameters, name, shape, type);
  }

  /** A tensor that is part of the graph; the same one for the same numbers. */
  constant<T extends DataType>(type: T, shape: readonly number[], data: DataArrays[T]): Value {
    requireNumbers('a constant', shape);
    const size = shape.reduce((product, length) => product * length, 1);
    if (data.length !== size) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `A constant of shape ${formatShape(shape)} has ${size} elements; got ${data.length}.`,
        { details: { shape, length: data.length } },
      );
    }
    const bytes = bytesOf(data);
    const key = `${type} ${formatShape(shape)} ${bytes.subarray(0, KEY_BYTES).join()}`;
    const alike = this.#constantsLike.get(key) ?? [];
    const known = alike.find((constant) => equalBytes(bytesOf(constant.data), bytes));
    if (known) return known.value;
    const constant = { value: this.#value(`constant#${this.#constants.length}`, { type, shape }), data };
    this.#constants.push(constant);
    this.#constantsLike.set(key, [...alike, constant]);
    return constant.value;
  }

  /** Makes a value a result of every run, under a name. @throws PolytokError `INVALID_ARGUMENT` for a name that is taken */
  output(name: string, value: Value): void {
    this.#own(value);
    this.#requireFree(name);
    this.#outputs.set(`${this.#prefix}${name}`, value);
  }

  /**
   * Adds an ONNX operation. The functions of this package do so; call it for one that they lack.
   * @param output type and shape of the result
   */
  operation(
    op: string,
    inputs: readonly (Value | undefined)[],
    output: ValueType,
    options?: OperationOptions,
  ): Value {
    return this.operationOfMany(op, inputs, [output], options)[0];
  }

  /** {@link operation} with several results. */
  operationOfMany(
    op: string,
    inputs: readonly (Value | undefined)[],
    types: readonly ValueType[],
    { attributes = {}, vjp, differentiated = inputs }: OperationOptions = {},
  ): readonly Value[] {
    for (const value of [...inputs, ...differentiated]) if (value) this.#own(value);
    const name = `${op}#${this.#operations.length}`;
    for (const { shape } of types) requireSizes(name, shape);
    const outputs = types.map((type, at) => this.#value(types.length === 1 ? name : `${name}.${at}`, type));
    const operation = {
      op,
      inputs: Object.freeze([...inputs]),
      outputs,
      attributes,
      vjp,
      differentiated: Object.freeze([...differentiated]),
    };
    this.#operations.push(operation);
    for (const output of outputs) this.#producers.set(output, operation);
    return outputs;
  }

  /** The operation that computes a value; undefined for inputs, parameters and constants. */
  producerOf(value: Value): Operation | undefined {
    return this.#producers.get(value);
  }

  /** True for what {@link constant} gave: it needs no gradient. */
  isConstant({ name }: Value): boolean {
    return name.startsWith(`${this.#prefix}constant#`);
  }

  #named(values: Map<string, Value>, name: string, shape: Shape, type: DataType): Value {
    this.#requireFree(name);
    requireSizes(name, shape);
    const value = this.#value(name, { type, shape });
    values.set(name, value);
    return value;
  }

  #value(name: string, { type, shape }: ValueType): Value {
    const value: Value = Object.freeze({
      graph: this,
      name: `${this.#prefix}${name}`,
      type,
      shape: Object.freeze([...shape]),
    });
    this.#values.add(value);
    return value;
  }

  #own(value: Value): void {
    if (this.#values.has(value)) return;
    const reason =
      value.graph === this
        ? 'was not made by this graph: nothing computes it. Use what its methods return'
        : 'belongs to another graph. Build both parts in one Graph';
    throw new PolytokError('INVALID_ARGUMENT', `Value '${value.name}' ${reason}.`, {
      details: { name: value.name },
    });
  }

  #requireFree(name: string): void {
    const taken = this.#inputs.has(name) || this.#parameters.has(name) || this.#outputs.has(name);
    if (name !== '' && !taken && !name.includes('#')) return;
    const reason = taken ? 'is taken' : "is empty, or holds a '#', as the names of computed values do";
    throw new PolytokError('INVALID_ARGUMENT', `The name '${name}' ${reason}. Choose another one.`, {
      details: { name },
    });
  }
}

/** Constants that differ mostly do so at once. */
const KEY_BYTES = 64;

function bytesOf({ buffer, byteOffset, byteLength }: DataArrays[DataType]): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes, not numbers: 0 and −0 are two constants, and NaN is one. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function requireNumbers(name: string, shape: readonly Dimension[]): void {
  requireSizes(name, shape);
  if (shape.every((size) => typeof size === 'number')) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Sizes of ${name} are known before it runs; got ${formatShape(shape)}.`,
    { details: { name, shape } },
  );
}

function requireSizes(name: string, shape: readonly Dimension[]): void {
  for (const size of shape) {
    if (typeof size === 'string' ? size !== '' : Number.isSafeInteger(size) && size >= 0) continue;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Sizes of '${name}' are integers of at least 0, or names; got ${JSON.stringify(size)}.`,
      { details: { name, shape } },
    );
  }
}
