/**
 * Reverse-mode differentiation, from graph to graph: the gradients are further operations of the same graph, so that one
 * run computes a loss and its gradients.
 */
import { PolytokError } from '../errors.js';
import { isFloat } from './graph/data-type.js';
import type { Operation, Value } from './graph/graph.js';
import { formatShape } from './graph/shape.js';
import { add } from './ops/arithmetic.js';
import { scalar } from './ops/operand.js';

/**
 * The gradients of a loss.
 * @param loss a floating-point value of rank 0
 * @param of inputs, parameters or computed values
 * @returns one per element of `of`, each of its shape
 * @throws PolytokError `INVALID_ARGUMENT` when the loss is no scalar, or does not depend on one of them in a
 *   differentiable way; `details.names` lists all of these. Also when a custom gradient has another shape than its value
 */
export function gradients(loss: Value, of: readonly Value[]): Value[] {
  if (loss.shape.length !== 0 || !isFloat(loss.type)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A loss is one floating-point number; got ${loss.type} ${formatShape(loss.shape)}. Reduce it by a sum or mean.`,
      { details: { type: loss.type, shape: loss.shape } },
    );
  }
  return vectorJacobianProduct(loss, scalar(loss.graph, loss.type, 1), of);
}

/**
 * What a gradient of `y` makes of the gradients of values that `y` was computed from: {@link gradients} with another start
 * than 1. Custom gradients call it to differentiate another form of what they computed.
 * @param gradient of the type and shape of `y`
 * @returns one per element of `of`, each of its shape
 * @throws PolytokError `INVALID_ARGUMENT` as {@link gradients}
 */
export function vectorJacobianProduct(y: Value, gradient: Value, of: readonly Value[]): Value[] {
  for (const value of of) {
    if (value.graph === y.graph) continue;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'${value.name}' belongs to another graph than the loss. Build both in one Graph.`,
      { details: { name: value.name } },
    );
  }
  const sums = new Map<Value, Value>([[y, gradient]]);
  const between = operationsBetween(of, y);
  for (const operation of between.reverse()) propagate(operation, sums);
  const missing = of.filter((value) => !sums.has(value));
  if (missing.length === 0) return of.map((value) => sums.get(value)!);
  const names = missing.map(({ name }) => name);
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `The loss does not depend on ${names.join(', ')} in a differentiable way. Freeze what is not trained, and look for a stopGradient, a sign or a round on the way.`,
    { details: { names } },
  );
}

/** Adds what an operation passes back to the sums of its inputs. */
function propagate({ outputs, differentiated, vjp }: Operation, sums: Map<Value, Value>): void {
  const incoming = outputs.map((output) => sums.get(output));
  if (vjp === undefined || incoming.every((gradient) => gradient === undefined)) return;
  for (const [at, gradient] of vjp(incoming, outputs).entries()) {
    const input = differentiated[at];
    if (input === undefined || gradient === undefined || !isFloat(input.type)) continue;
    requireLike(gradient, input, outputs[0].name);
    const sum = sums.get(input);
    sums.set(input, sum ? add(sum, gradient) : gradient);
  }
}

/** A gradient has the type and shape of what it is the gradient of, as far as sizes are numbers. */
function requireLike(gradient: Value, input: Value, operation: string): void {
  const fits =
    gradient.type === input.type &&
    gradient.shape.length === input.shape.length &&
    gradient.shape.every((size, axis) => {
      const wanted = input.shape[axis];
      return size === wanted || typeof size === 'string' || typeof wanted === 'string';
    });
  if (fits) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `The gradient that ${operation} gives of '${input.name}', ${input.type} ${formatShape(input.shape)}, is ${gradient.type} ${formatShape(gradient.shape)}. Correct its vector-Jacobian product.`,
    { details: { operation, name: input.name, expected: input.shape, actual: gradient.shape } },
  );
}

/** The operations that depend on `from`, up to the one that computes `to`, in order. */
function operationsBetween(from: readonly Value[], to: Value): Operation[] {
  const reached = new Set<Value>(from);
  const operations: Operation[] = [];
  for (const operation of to.graph.operations) {
    if (!operation.differentiated.some((input) => input && reached.has(input))) continue;
    for (const output of operation.outputs) reached.add(output);
    operations.push(operation);
  }
  return operations;
}
