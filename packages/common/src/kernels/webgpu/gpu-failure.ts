import { PolytokError } from '../../errors.js';

/** What became of a device, as an error for every call since. */
export function deviceLost(reason: string, message: string): PolytokError {
  return new PolytokError(
    'DEVICE_LOST',
    `The GPU device of these kernels is gone: ${message || reason}. Create new kernels and prepare the operands again.`,
    { details: { reason } },
  );
}

/** What a device reported while it ran a kernel, by the kind of error scope that caught it. */
export function gpuFailure(
  kind: 'validation' | 'out-of-memory' | 'internal',
  message: string,
  cause?: unknown,
): PolytokError {
  if (kind === 'out-of-memory') {
    return new PolytokError(
      'LIMIT_EXCEEDED',
      `The GPU is out of memory: ${message}. Dispose of operands, or use fewer or smaller ones.`,
      { details: { kind }, cause },
    );
  }
  return new PolytokError(
    'UNAVAILABLE',
    `The GPU cannot run a kernel (${kind} error): ${message}. Use createWasmKernels, and report this with the name of the device.`,
    { details: { kind, message }, cause },
  );
}
