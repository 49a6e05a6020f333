/** Element types of values in a graph, and how ONNX and the runtimes name and store them. */
export type DataType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';

/** The array that holds elements of each type. `float16` are bit patterns, `bool` is 0 or 1. */
export interface DataArrays {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

export type DataArray = DataArrays[DataType];

/** `TensorProto.DataType` of ONNX. */
export const ONNX_DATA_TYPES: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** True for the types that have gradients. */
export function isFloat(type: DataType): boolean {
  return type === 'float32' || type === 'float64' || type === 'float16';
}
