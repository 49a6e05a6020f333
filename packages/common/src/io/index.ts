export * from './byte-source.js';
export * from './element-count.js';
export * from './float-conversion.js';
export type { NumericArray } from './little-endian.js';
export * from './npy.js';
export { MAX_NPY_HEADER_BYTES, MAX_NPY_RANK } from './npy-header.js';
export { type ParquetFooterLimits, readParquetFooter } from './parquet-guard.js';
export * from './parquet-numbers.js';
export { readParquetRows } from './parquet-rows.js';
export * from './raw-ids.js';
export * from './safetensors.js';
export {
  MAX_SAFETENSORS_HEADER_BYTES,
  SAFETENSORS_DTYPE_BYTES,
  type SafetensorsDtype,
} from './safetensors-header.js';
export { decodeJsonLines, encodeJsonLines, MAX_JSON_LINE_BYTES } from './token-jsonl.js';
export { decodeParquetRecords, encodeParquetRecords, MAX_PARQUET_RECORD_IDS } from './token-parquet.js';
export type { StoredRecord, TokenRecord } from './token-record.js';
export * from './token-records.js';
