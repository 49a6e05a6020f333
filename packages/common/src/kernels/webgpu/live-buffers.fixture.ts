/** A device that counts its buffers, for tests. */
export interface CountedDevice {
  readonly device: GPUDevice;
  /** Buffers that were made and not destroyed. */
  readonly live: () => number;
}

export function countBuffers(device: GPUDevice): CountedDevice {
  let live = 0;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let destroyed = false;
    live++;
    buffer.destroy = () => {
      if (!destroyed) live--;
      destroyed = true;
      return destroy();
    };
    return buffer;
  };
  return { device, live: () => live };
}
