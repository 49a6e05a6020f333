import type { Command } from './command.js';

export interface ModalityEntry {
  readonly summary: string;
  readonly verbs: Readonly<Record<string, VerbEntry>>;
}

/** A verb, loaded when it is used, so that each start reads only its own code. */
export interface VerbEntry {
  readonly summary: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command has its own options.
  load(): Promise<Command<any>>;
}

/** All that the command can do. */
export const MODALITIES: Readonly<Record<string, ModalityEntry>> = {
  action: {
    summary: 'tokens of robot actions',
    verbs: {
      fit: {
        summary: 'Fit a tokenizer to data sets',
        load: async () => (await import('./action/fit-command.js')).fitCommand,
      },
      encode: {
        summary: 'Turn actions into tokens',
        load: async () => (await import('./action/encode-command.js')).encodeCommand,
      },
      decode: {
        summary: 'Turn tokens back into actions',
        load: async () => (await import('./action/decode-command.js')).decodeCommand,
      },
      eval: {
        summary: 'Print the card of tokenizers',
        load: async () => (await import('./action/eval-command.js')).evalCommand,
      },
      inspect: {
        summary: 'Show a data set or a tokenizer',
        load: async () => (await import('./action/inspect-command.js')).inspectCommand,
      },
    },
  },
  binary: {
    summary: 'byte-exact BPE tokens of executables, or of any bytes',
    verbs: {
      fit: {
        summary: 'Train a vocabulary',
        load: async () => (await import('./binary/fit-command.js')).fitCommand,
      },
      encode: {
        summary: 'Turn files into tokens',
        load: async () => (await import('./binary/encode-command.js')).encodeCommand,
      },
      decode: {
        summary: 'Turn tokens back into files',
        load: async () => (await import('./binary/decode-command.js')).decodeCommand,
      },
      eval: {
        summary: 'Compare tokenizers on files',
        load: async () => (await import('./binary/eval-command.js')).evalCommand,
      },
      inspect: {
        summary: 'Show a file by its sections and tokens',
        load: async () => (await import('./binary/inspect-command.js')).inspectCommand,
      },
    },
  },
  image: {
    summary: 'tokens of images, by published VQ autoencoders',
    verbs: {
      encode: {
        summary: 'Turn images into tokens',
        load: async () => (await import('./image/encode-command.js')).encodeCommand,
      },
      decode: {
        summary: 'Turn tokens back into images',
        load: async () => (await import('./image/decode-command.js')).decodeCommand,
      },
      inspect: {
        summary: 'Show an image or a file of weights',
        load: async () => (await import('./image/inspect-command.js')).inspectCommand,
      },
    },
  },
  speech: {
    summary: 'tokens of speech, by a StableToken checkpoint',
    verbs: {
      encode: {
        summary: 'Turn WAV files into tokens',
        load: async () => (await import('./speech/encode-command.js')).encodeCommand,
      },
      decode: {
        summary: 'Turn tokens into the vectors that they stand for',
        load: async () => (await import('./speech/decode-command.js')).decodeCommand,
      },
      inspect: {
        summary: 'Show a recording or a checkpoint',
        load: async () => (await import('./speech/inspect-command.js')).inspectCommand,
      },
    },
  },
};
