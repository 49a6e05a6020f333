import { createRegistry, type Registry, type TokenizerConfig } from '@polytok/common';
import { ActionBpe } from '../action-bpe/action-bpe.js';
import { BeastTokenizer } from '../beast/beast-tokenizer.js';
import { BinTokenizer } from '../bins/bin-tokenizer.js';
import type { ActionTokenizer } from '../contract.js';
import { FastTokenizer } from '../fast/fast-tokenizer.js';
import { ChunkFsqTokenizer } from '../learned/chunk-fsq-tokenizer.js';
import { ResidualVqTokenizer } from '../learned/residual-vq-tokenizer.js';

/** All action tokenizers of this package, by the `type` of their configuration; one on top of another as well. */
export function createActionRegistry(): Registry<ActionTokenizer> {
  const registry: Registry<ActionTokenizer> = createRegistry<ActionTokenizer>(
    [
      BeastTokenizer,
      FastTokenizer,
      BinTokenizer,
      ResidualVqTokenizer,
      ChunkFsqTokenizer,
      {
        type: ActionBpe.type,
        fromJSON: (config: TokenizerConfig) =>
          ActionBpe.fromJSON(config, (inner) => registry.fromJSON(inner)),
      },
    ],
    { noun: 'action tokenizer' },
  );
  return registry;
}
