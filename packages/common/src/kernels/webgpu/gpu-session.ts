import { isPolytokError, PolytokError } from '../../errors.js';
import { BufferPool } from './buffer-pool.js';
import { CommandRecorder } from './command-recorder.js';
import { deviceLost, gpuFailure } from './gpu-failure.js';
import { USAGE } from './gpu-flags.js';

/** How long a failure waits for the news that the device is lost, which explains it. */
const LOSS_MILLISECONDS = 1000;

/** What a device can be out of or refuse, in the order in which the scopes are opened. */
const SCOPES = ['validation', 'out-of-memory', 'internal'] as const;

/** Values on the GPU for any number of calls. */
export interface GpuOperand {
  readonly buffer: GPUBuffer;
  /** Why the buffer is not to be used, once the device has said so. */
  readonly failure: Promise<PolytokError | undefined>;
  /** Destroys the buffer when the calls that use it are done. */
  free(): void;
}

/**
 * A device and what is made on it: programs once for each text, operands, and pooled buffers for calls. WebGPU reports
 * errors late and elsewhere, and computes zeros meanwhile; here everything runs inside error scopes, nothing is given out
 * before they are closed, and a lost device fails all that is under way and all that comes after.
 */
export class GpuSession {
  readonly pool: BufferPool;
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #operands = new Map<GPUBuffer, { users: number; freed: boolean }>();
  readonly #waiting = new Set<(failure: PolytokError) => void>();
  #bytesHeld = 0;
  #end: PolytokError | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.pool = new BufferPool(device);
    device.lost.then(({ reason, message }) => this.#endWith(deviceLost(reason, message)));
  }

  /** Bytes of operands that are not freed. */
  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /** Ends all that is under way and destroys every buffer. Later calls fail. */
  close(): void {
    this.#endWith(new PolytokError('UNAVAILABLE', 'These kernels are disposed of. Create new ones.'));
    this.pool.close();
    for (const buffer of this.#operands.keys()) buffer.destroy();
    this.#operands.clear();
    this.#bytesHeld = 0;
  }

  /** Uploads values for many calls. @throws PolytokError `LIMIT_EXCEEDED`, `DEVICE_LOST` */
  load(values: Float32Array | Uint32Array): GpuOperand {
    if (this.#end) throw this.#end;
    const bytes = values.byteLength;
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes > limit) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `An operand takes ${bytes} bytes on the GPU, whose buffers have at most ${limit}. Split it, or use a device with a larger maxStorageBufferBindingSize and maxBufferSize.`,
        { details: { needed: bytes, limit } },
      );
    }
    const { result: buffer, failure } = this.#scoped(() => {
      const made = this.#device.createBuffer({
        size: bytes,
        usage: USAGE.storage | USAGE.copyDestination,
      });
      this.#device.queue.writeBuffer(made, 0, values as Float32Array<ArrayBuffer>);
      return made;
    });
    const state = { users: 0, freed: false };
    this.#operands.set(buffer, state);
    this.#bytesHeld += bytes;
    const free = () => {
      if (state.freed || !this.#operands.has(buffer)) return;
      state.freed = true;
      this.#bytesHeld -= bytes;
      this.#release(buffer);
    };
    return { buffer, failure, free };
  }

  /** Uploads several, or none where one fails. @throws PolytokError as {@link load} */
  loadAll(arrays: readonly (Float32Array | Uint32Array)[]): readonly GpuOperand[] {
    const loaded: GpuOperand[] = [];
    try {
      for (const values of arrays) loaded.push(this.load(values));
    } catch (error) {
      for (const operand of loaded) operand.free();
      throw error;
    }
    return loaded;
  }

  /** The program of a WGSL text, compiled once. @throws PolytokError `UNAVAILABLE` with the compiler's messages */
  pipeline(code: string): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(code);
    if (known) return known;
    const compiled = this.#compile(code);
    this.#pipelines.set(code, compiled);
    // What failed for want of memory may succeed later.
    compiled.catch(() => this.#pipelines.delete(code));
    return compiled;
  }

  /** Runs `work` while `operands` cannot be destroyed, once it is known that they are sound. */
  async using<T>(operands: readonly GpuOperand[], work: () => Promise<T>): Promise<T> {
    if (this.#end) throw this.#end;
    const states = operands.map(({ buffer }) => this.#operands.get(buffer));
    for (const state of states) if (state) state.users++;
    try {
      for (const { failure } of operands) {
        const found = await this.#settled(failure);
        if (found) throw found;
      }
      return await work();
    } finally {
      for (const state of states) if (state) state.users--;
      for (const { buffer } of operands) this.#release(buffer);
    }
  }

  /** Submits what `record` records, and brings back what it asks for. */
  async run(record: (commands: CommandRecorder) => void): Promise<void> {
    if (this.#end) throw this.#end;
    const commands = new CommandRecorder(this.#device, this.pool);
    const { result: mapped, failure } = this.#scoped(() => {
      record(commands);
      return commands.submit();
    });
    // Looked at below, unless the scopes have the better explanation.
    mapped.catch(() => {});
    let sound = false;
    try {
      const found = await this.#settled(failure);
      if (found) throw found;
      await this.#settled(mapped);
      commands.read();
      sound = true;
    } finally {
      commands.release({ reusable: sound });
    }
  }

  async #compile(code: string): Promise<GPUComputePipeline> {
    if (this.#end) throw this.#end;
    const { result: pipeline, failure } = this.#scoped(() => {
      const module = this.#device.createShaderModule({ code });
      return this.#device.createComputePipelineAsync({
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
    });
    // Looked at below, unless the scopes have the better explanation: the compiler's message.
    pipeline.catch(() => {});
    const found = await this.#settled(failure);
    if (found) throw found;
    return this.#settled(pipeline);
  }

  /** Does `work` inside error scopes, which `await` nothing and so belong to nobody else. */
  #scoped<T>(work: () => T): { result: T; failure: Promise<PolytokError | undefined> } {
    for (const scope of SCOPES) this.#device.pushErrorScope(scope);
    let result: T;
    let closed: Promise<GPUError | null>[];
    try {
      result = work();
    } finally {
      closed = SCOPES.map(() => this.#device.popErrorScope());
    }
    const failure = Promise.all(closed).then((errors) => {
      // The scope opened last is closed first.
      const index = errors.findLastIndex((error) => error !== null);
      if (index < 0) return undefined;
      return gpuFailure(SCOPES[SCOPES.length - 1 - index], errors[index]!.message);
    });
    // Looked at when the result is used, which may be never.
    failure.catch(() => {});
    return { result, failure };
  }

  /** The result of `work`, or a typed failure; also where the device is lost and `work` is never settled. */
  async #settled<T>(work: Promise<T>): Promise<T> {
    let fail = (_: PolytokError) => {};
    const ended = new Promise<never>((_, reject) => {
      fail = reject;
    });
    ended.catch(() => {});
    this.#waiting.add(fail);
    try {
      return await Promise.race([work, ended]);
    } catch (cause) {
      if (this.#end) throw this.#end;
      if (isPolytokError(cause)) throw cause;
      // What is under way on a lost device is rejected before the loss is announced.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LOSS_MILLISECONDS))]);
      throw gpuFailure('internal', cause instanceof Error ? cause.message : String(cause), cause);
    } finally {
      this.#waiting.delete(fail);
    }
  }

  #release(buffer: GPUBuffer): void {
    const state = this.#operands.get(buffer);
    if (!state?.freed || state.users > 0) return;
    this.#operands.delete(buffer);
    buffer.destroy();
  }

  #endWith(failure: PolytokError): void {
    this.#end ??= failure;
    for (const fail of this.#waiting) fail(this.#end);
    this.#waiting.clear();
  }
}
