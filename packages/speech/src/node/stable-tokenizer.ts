import { join } from 'node:path';
import { openSafetensorsWeights, readJsonFile } from '@polytok/common/node';
import { parseStableConfig } from '../stable/stable-config.js';
import { type StableTokenizerOptions, StableTokenizer as Tokenizer } from '../stable/stable-tokenizer.js';

/** The tokenizer of the main entry, which also opens folders. */
export class StableTokenizer extends Tokenizer {
  /**
   * Opens a checkpoint: a folder with `config.json`, `preprocessor_config.json`, and `model.safetensors`, or several such
   * files and their index. Weights of 32-bit floats are mapped, not copied.
   * @throws PolytokError `IO`; `INVALID_FORMAT` for files that are no StableToken model, naming every field or tensor that
   *   is wrong; `UNSUPPORTED` for variants; `UNAVAILABLE` without ONNX Runtime
   */
  static async fromPretrained(
    folder: string,
    options: StableTokenizerOptions = {},
  ): Promise<StableTokenizer> {
    const [config, preprocessor] = await Promise.all(
      ['config.json', 'preprocessor_config.json'].map((name) => readJsonFile(join(folder, name))),
    );
    const parsed = parseStableConfig(config, preprocessor);
    const weights = await openSafetensorsWeights(folder);
    return new StableTokenizer(await Tokenizer.prepare(parsed, weights, options));
  }
}
