import { encodeNpy } from '@polytok/common/io';
import type { StableTokenizer } from '@polytok/speech';
import { defineCommand, type Invocation } from '../command.js';
import { DECODE_DETAILS, DECODE_OPTIONS, decodeWith, runDecode } from '../tokens/decode-files.js';
import type { SourceDecoder } from '../tokens/source-decoder.js';
import { loadTokenizer, tokenizerOption } from './speech-options.js';

const specs = { tokenizer: tokenizerOption, ...DECODE_OPTIONS };

export const decodeCommand = defineCommand({
  name: 'speech decode',
  summary: 'Turn tokens into the vectors that they stand for, as .npy files.',
  usage: '[options] --tokenizer FOLDER --out PATH INPUT…',
  details: [
    'There is no vocoder: each source becomes a float32 array (tokens, width), the output of the quantizer, which a vocoder or a language model takes.',
    DECODE_DETAILS,
  ],
  options: specs,
  examples: [
    {
      command: 'speech decode tokens/ -t StableToken/tokenizer --out vectors/',
      says: 'Vectors of a folder of shards, one .npy file per recording',
    },
    {
      command: 'speech decode talk.u16 -t StableToken/tokenizer --out talk.npy',
      says: 'Vectors of one recording',
    },
  ],
  run,
});

async function run(invocation: Invocation<typeof specs>): Promise<number> {
  const { options } = invocation;
  return runDecode(invocation, async (job) => {
    const tokenizer = await loadTokenizer(options.tokenizer);
    try {
      return await decodeWith(vectorDecoder(tokenizer), job);
    } finally {
      await tokenizer.close();
    }
  });
}

function vectorDecoder(tokenizer: StableTokenizer): SourceDecoder {
  const { vocabulary, hop, config } = tokenizer;
  return {
    vocabulary,
    bareAlignment: { kind: 'hop', hop, rate: config.sampleRate, offset: 0 },
    extension: '.npy',
    async decode({ records }) {
      const parts = [];
      for (const record of records) parts.push(await tokenizer.decode(record));
      const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
      const data = new Float32Array(tokens * config.width);
      let offset = 0;
      for (const part of parts) {
        data.set(part.data, offset);
        offset += part.data.length;
      }
      return [encodeNpy({ dtype: 'f4', shape: [tokens, config.width], data })];
    },
  };
}
