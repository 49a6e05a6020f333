import { CHANNEL_MIXES, StableTokenizer } from '@polytok/speech/node';
import { choice, flag, integer, text } from '../options.js';
import { usageError } from '../usage-error.js';

export const tokenizerOption = text({
  hint: 'FOLDER',
  short: 't',
  description:
    'A StableToken checkpoint: config.json, preprocessor_config.json and model.safetensors, or several such files with their index',
});

export const mixOption = choice({
  hint: 'KIND',
  of: CHANNEL_MIXES,
  description: 'Of several channels: first (the default, as in the reference), or mean',
});

export const resampleOption = flag('Resample files of other rates; without, they fail');

export const threadsOption = integer({
  hint: 'N',
  description: "Threads of the network. Default: ONNX Runtime's choice, the processor's cores",
});

/** Files that are taken from folders. */
export const WAV_EXTENSIONS = ['.wav', '.wave'];

/** @throws PolytokError `INVALID_ARGUMENT` without a folder, and what opening it throws */
export async function loadTokenizer(folder: string | undefined, threads?: number): Promise<StableTokenizer> {
  if (folder === undefined) throw usageError('--tokenizer is missing; name the folder of a checkpoint.');
  return StableTokenizer.fromPretrained(folder, { threads });
}
