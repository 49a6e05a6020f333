/** Smallest buffer; smaller ones would only multiply the sizes to keep. */
const MIN_BYTES = 256;
/** Bytes of idle buffers that are kept for later calls: what a few concurrent calls use at once. */
const MAX_IDLE_BYTES = 1 << 26;

/**
 * Buffers that calls take and give back, so that a thousand calls create as many as one does. Sizes are powers of two,
 * of which few occur; idle buffers beyond 64 MiB are destroyed.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #idle = new Map<string, GPUBuffer[]>();
  #idleBytes = 0;
  #closed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Bytes of buffers that wait for a call. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** A buffer of at least `bytes`, whose content is what the last call left. */
  take(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = Math.min(sizeFor(bytes), Math.max(bytes, this.#device.limits.maxBufferSize));
    const found = this.#idle.get(keyOf(size, usage))?.pop();
    if (!found) return this.#device.createBuffer({ size, usage });
    this.#idleBytes -= found.size;
    return found;
  }

  /** Takes back an unmapped, valid buffer. Work already submitted still uses it: the queue keeps its order. */
  give(buffer: GPUBuffer): void {
    if (this.#closed || this.#idleBytes + buffer.size > MAX_IDLE_BYTES) {
      buffer.destroy();
      return;
    }
    const key = keyOf(buffer.size, buffer.usage);
    const same = this.#idle.get(key);
    if (same) same.push(buffer);
    else this.#idle.set(key, [buffer]);
    this.#idleBytes += buffer.size;
  }

  /** Destroys what is idle, and from now on whatever is given back. */
  close(): void {
    this.#closed = true;
    for (const buffers of this.#idle.values()) for (const buffer of buffers) buffer.destroy();
    this.#idle.clear();
    this.#idleBytes = 0;
  }
}

function sizeFor(bytes: number): number {
  return Math.max(MIN_BYTES, 2 ** Math.ceil(Math.log2(Math.max(1, bytes))));
}

function keyOf(size: number, usage: GPUBufferUsageFlags): string {
  return `${usage}:${size}`;
}
