import type { Graph, Value } from './graph.js';

/** Parameters under a common prefix, as in checkpoints: `scope.at('layers.0').parameter('fc1.weight', …)`. */
export class Scope {
  readonly graph: Graph;
  readonly #prefix: string;

  constructor(graph: Graph, prefix = '') {
    this.graph = graph;
    this.#prefix = prefix;
  }

  /** The scope of a part. */
  at(name: string): Scope {
    return new Scope(this.graph, `${this.#prefix}${name}.`);
  }

  /** @throws PolytokError `INVALID_ARGUMENT` for a name that is taken */
  parameter(name: string, shape: readonly number[]): Value {
    return this.graph.parameter(`${this.#prefix}${name}`, shape);
  }

  /** `weight` `[outputs, inputs]` and `bias` `[outputs]` of a linear layer. */
  linear(
    name: string,
    inputs: number,
    outputs: number,
    { bias = true }: { readonly bias?: boolean } = {},
  ): { weight: Value; bias?: Value } {
    const weight = this.parameter(`${name}.weight`, [outputs, inputs]);
    return bias ? { weight, bias: this.parameter(`${name}.bias`, [outputs]) } : { weight };
  }

  /** `weight` `[outputs, inputs, …kernel]` and `bias` of a convolution. */
  conv(
    name: string,
    {
      inputs,
      outputs,
      kernel,
      bias = true,
    }: {
      readonly inputs: number;
      readonly outputs: number;
      readonly kernel: readonly number[];
      readonly bias?: boolean;
    },
  ): { weight: Value; bias?: Value } {
    const weight = this.parameter(`${name}.weight`, [outputs, inputs, ...kernel]);
    return bias ? { weight, bias: this.parameter(`${name}.bias`, [outputs]) } : { weight };
  }

  /** `weight` and `bias`, `[channels]`, of a normalisation. */
  norm(name: string, channels: number): { weight: Value; bias: Value } {
    return {
      weight: this.parameter(`${name}.weight`, [channels]),
      bias: this.parameter(`${name}.bias`, [channels]),
    };
  }
}
