import { type DataType, isFloat, ONNX_DATA_TYPES } from '../graph/data-type.js';
import type { Value } from '../graph/graph.js';

/** The same numbers in another type. Gradients pass between floating-point types. */
export function cast(x: Value, type: DataType): Value {
  if (x.type === type) return x;
  const { graph, shape } = x;
  return graph.operation(
    'Cast',
    [x],
    { type, shape },
    {
      attributes: { to: { int: ONNX_DATA_TYPES[type] } },
      vjp: isFloat(x.type) && isFloat(type) ? ([gradient]) => [cast(gradient!, x.type)] : undefined,
    },
  );
}
