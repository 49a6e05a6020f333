import type { BufferPool } from './buffer-pool.js';
import { MAP_READ, USAGE } from './gpu-flags.js';

/** Where in a buffer a program reads or writes: its first `bytes`. */
export interface Stretch {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  /** The program's `Sizes`, at most four. */
  readonly sizes: readonly number[];
  /** Bindings 1, 2, … */
  readonly bindings: readonly (Stretch | GPUBuffer)[];
  readonly groups: readonly [x: number, y?: number];
}

type Words = Float32Array | Uint32Array;

/** One submission: values up, programs one after another, values back. Its buffers come from the pool. */
export class CommandRecorder {
  readonly #device: GPUDevice;
  readonly #pool: BufferPool;
  readonly #dispatches: Dispatch[] = [];
  readonly #reads: { from: Stretch; into: Words; staging: GPUBuffer }[] = [];
  readonly #taken: GPUBuffer[] = [];

  constructor(device: GPUDevice, pool: BufferPool) {
    this.#device = device;
    this.#pool = pool;
  }

  /** A buffer for this submission, with undefined content. */
  scratch(bytes: number): Stretch {
    const usage = USAGE.storage | USAGE.copySource | USAGE.copyDestination;
    return { buffer: this.#take(bytes, usage), bytes };
  }

  /** Uploads values; they are copied before this returns. */
  upload(values: Words): Stretch {
    const to = this.scratch(values.byteLength);
    this.#device.queue.writeBuffer(to.buffer, 0, values as Float32Array<ArrayBuffer>);
    return to;
  }

  /** Adds a program, which sees what those before it wrote. */
  dispatch(dispatch: Dispatch): void {
    this.#dispatches.push(dispatch);
  }

  /** Has the start of a buffer copied to `into` by {@link read}. */
  readBack(from: Stretch, into: Words): void {
    const staging = this.#take(into.byteLength, USAGE.mapRead | USAGE.copyDestination);
    this.#reads.push({ from, into, staging });
  }

  /** @returns resolved when everything is computed and can be read */
  submit(): Promise<unknown> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of this.#dispatches) this.#encode(pass, dispatch);
    pass.end();
    for (const { from, into, staging } of this.#reads) {
      encoder.copyBufferToBuffer(from.buffer, 0, staging, 0, into.byteLength);
    }
    this.#device.queue.submit([encoder.finish()]);
    return Promise.all(
      this.#reads.map(({ into, staging }) => staging.mapAsync(MAP_READ, 0, into.byteLength)),
    );
  }

  read(): void {
    for (const { into, staging } of this.#reads) {
      const bytes = staging.getMappedRange(0, into.byteLength);
      into.set(into instanceof Float32Array ? new Float32Array(bytes) : new Uint32Array(bytes));
      staging.unmap();
    }
  }

  /** Gives the buffers back to the pool, or destroys those of a submission that failed. */
  release({ reusable }: { reusable: boolean }): void {
    for (const buffer of this.#taken) {
      if (reusable) this.#pool.give(buffer);
      else buffer.destroy();
    }
  }

  #encode(pass: GPUComputePassEncoder, { pipeline, sizes, bindings, groups }: Dispatch): void {
    const uniform = this.#take(16, USAGE.uniform | USAGE.copyDestination);
    const values = new Uint32Array(4);
    values.set(sizes);
    this.#device.queue.writeBuffer(uniform, 0, values);
    const resources = [{ buffer: uniform, bytes: 16 }, ...bindings].map((bound) =>
      'bytes' in bound ? { buffer: bound.buffer, size: bound.bytes } : { buffer: bound },
    );
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      }),
    );
    pass.dispatchWorkgroups(...groups);
  }

  #take(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.#pool.take(bytes, usage);
    this.#taken.push(buffer);
    return buffer;
  }
}
