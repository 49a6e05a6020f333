import { PolytokError } from '../../errors.js';
import type { Graph } from '../graph/graph.js';
import { equalShapes, formatShape } from '../graph/shape.js';
import type { WeightStore } from './weight-store.js';

export interface BindWeightsOptions {
  /** Name of the tensor of a parameter. Default: the parameter's. */
  readonly nameOf?: (parameter: string) => string;
  /** Tensors that no parameter needs to take: statistics, parts of a larger model. Default: none. */
  readonly ignore?: (tensor: string) => boolean;
}

/** Most names that a message lists; `details` has all. */
const LISTED = 8;

const FLOATS = new Set(['F16', 'BF16', 'F32', 'F64']);

/**
 * The tensor of each parameter.
 * @returns names of tensors by names of parameters
 * @throws PolytokError `INVALID_FORMAT` when any is missing, misshapen, not floating-point, or left over; one error names
 *   all. `UNSUPPORTED` for parameters of another type than float32
 */
export function bindWeights(
  graph: Graph,
  { entries }: Pick<WeightStore, 'entries'>,
  { nameOf = (name) => name, ignore = () => false }: BindWeightsOptions = {},
): ReadonlyMap<string, string> {
  const names = new Map([...graph.parameters.keys()].map((parameter) => [parameter, nameOf(parameter)]));
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const [parameter, { shape, type }] of graph.parameters) {
    if (type !== 'float32') {
      throw new PolytokError(
        'UNSUPPORTED',
        `Parameter '${parameter}' is ${type}; weights become float32. Cast it in the graph.`,
        { details: { name: parameter, type } },
      );
    }
    const name = names.get(parameter)!;
    const entry = entries.get(name);
    if (entry === undefined) missing.push(name);
    else if (!FLOATS.has(entry.dtype) || !equalShapes(shape, entry.shape)) {
      misshapen.push(`${name} is ${entry.dtype} ${formatShape(entry.shape)}, not ${formatShape(shape)}`);
    }
  }
  const taken = new Set(names.values());
  const extra = [...entries.keys()].filter((name) => !taken.has(name) && !ignore(name));
  if (missing.length + misshapen.length + extra.length === 0) return names;
  throw new PolytokError(
    'INVALID_FORMAT',
    `These weights are not of this network: ${list('missing', missing)}${list('of another shape', misshapen)}${list('not used', extra)}Check the preset, or name what to ignore.`,
    { details: { missing, misshapen, extra } },
  );
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return `${names.length} ${what} (${names.slice(0, LISTED).join('; ')}${more}). `;
}
