/** The part of ONNX Runtime that is used: of `onnxruntime-node`, `onnxruntime-web` or anything like them. */
import { PolytokError } from '../../errors.js';
import type { DataArray } from '../graph/data-type.js';

/**
 * The module. Its functions are overloaded, and narrower types would refuse it; {@link createOnnxSession} and
 * {@link createOnnxTensor} call them.
 */
export interface OnnxRuntime {
  readonly InferenceSession: { create(...parameters: never[]): Promise<unknown> };
  readonly Tensor: new (...parameters: never[]) => unknown;
}

export interface OnnxSessionOptions {
  readonly executionProviders?: readonly unknown[];
  readonly intraOpNumThreads?: number;
  readonly enableMemPattern?: boolean;
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  readonly extra?: Record<string, unknown>;
}

export interface OnnxSession {
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches?: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface OnnxTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface TypedRuntime {
  readonly InferenceSession: { create(model: Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession> };
  readonly Tensor: new (type: string, data: DataArray, shape: readonly number[]) => OnnxTensor;
}

export function createOnnxSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: OnnxSessionOptions,
): Promise<OnnxSession> {
  return (runtime as unknown as TypedRuntime).InferenceSession.create(model, options);
}

export function createOnnxTensor(
  runtime: OnnxRuntime,
  {
    type,
    data,
    shape,
  }: { readonly type: string; readonly data: DataArray; readonly shape: readonly number[] },
): OnnxTensor {
  return new (runtime as unknown as TypedRuntime).Tensor(type, data, shape);
}

/** Names that bundlers must not resolve: both are optional peers. */
const MODULES = ['onnxruntime-node', 'onnxruntime-web'];

/**
 * The installed runtime: the native one in Node, else the one in WebAssembly.
 * @throws PolytokError `UNAVAILABLE` with the reason of each
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  const reasons: Record<string, string> = {};
  for (const name of MODULES) {
    try {
      const module = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
      return (module.InferenceSession ? module : module.default) as OnnxRuntime;
    } catch (error) {
      reasons[name] = error instanceof Error ? error.message : String(error);
    }
  }
  const list = Object.entries(reasons).map(([name, reason]) => `${name}: ${reason}`);
  throw new PolytokError(
    'UNAVAILABLE',
    `Networks need ONNX Runtime: install onnxruntime-node (or onnxruntime-web), or pass one as 'runtime'. ${list.join('; ')}`,
    { details: { reasons } },
  );
}
