import { PolytokError } from '../../errors.js';
import type { QuantizerTensor, QuantizerTensors } from '../tensors.js';

/** The tensors of every stage under one roof: `stages.<stage>.<name>`. */
export function joinTensors(stages: readonly QuantizerTensors[]): QuantizerTensors {
  const entries = stages.flatMap((tensors, stage) =>
    Object.entries(tensors).map(([name, tensor]) => [`stages.${stage}.${name}`, tensor]),
  );
  return Object.fromEntries(entries);
}

/**
 * Undoes {@link joinTensors}.
 * @throws PolytokError `INVALID_FORMAT` for a tensor of no stage
 */
export function splitTensors(tensors: QuantizerTensors, stages: number): QuantizerTensors[] {
  const split = Array.from({ length: stages }, (): Record<string, QuantizerTensor> => ({}));
  for (const [path, tensor] of Object.entries(tensors)) {
    const [, stage, name] = /^stages\.(\d{1,4})\.(\w+)$/.exec(path) ?? [];
    const ofStage = split[Number(stage)];
    if (ofStage === undefined) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `Tensor '${path}' belongs to none of ${stages} stages. Pass what tensors() gave.`,
        { details: { name: path, stages } },
      );
    }
    ofStage[name] = tensor;
  }
  return split;
}
