import { stat } from 'node:fs/promises';
import { isPolytokError, PolytokError } from '@polytok/common';
import { openSafetensorsWeights, readFileBytes } from '@polytok/common/node';
import { readTorchCheckpoint, type WeightStore } from '@polytok/common/onnx';

/** Where published checkpoints keep their weights, in the order of preference; VAR's has them at the top. */
const KEYS = ['ema', 'model', 'state_dict'];

/** Most bytes of a PyTorch checkpoint, which is read as a whole: with discriminator and optimizer published ones have 1 GB. */
const MAX_CHECKPOINT_BYTES = 2 ** 32 - 1;

/**
 * Weights of an image tokenizer: safetensors (a file, or a folder), which are mapped, or a PyTorch checkpoint (`.pt`,
 * `.pth`, `.ckpt`), which is read into memory; of `ema`, `model` and `state_dict` the first that is there.
 * @throws PolytokError `IO`, `INVALID_FORMAT`, `UNSUPPORTED`, `LIMIT_EXCEEDED`, naming the file
 */
export async function openImageWeights(path: string): Promise<WeightStore> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder || /\.(safetensors|json)$/i.test(path)) return openSafetensorsWeights(path);
  const bytes = await readFileBytes(path, { maxBytes: MAX_CHECKPOINT_BYTES });
  try {
    return readWeights(bytes);
  } catch (error) {
    if (!isPolytokError(error)) throw error;
    throw new PolytokError(error.code, `'${path}': ${error.message}`, {
      details: { ...error.details, path },
      cause: error,
    });
  }
}

function readWeights(bytes: Uint8Array): WeightStore {
  try {
    return readTorchCheckpoint(bytes, { keys: KEYS });
  } catch (error) {
    if (isPolytokError(error) && error.code === 'UNKNOWN_NAME') return readTorchCheckpoint(bytes);
    throw error;
  }
}
