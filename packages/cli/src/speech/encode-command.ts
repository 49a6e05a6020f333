import { defineCommand, type Invocation } from '../command.js';
import { ENCODE_DETAILS, ENCODE_OPTIONS, encodeWith, runEncode } from '../tokens/encode-files.js';
import { speechEncoder } from './speech-encoder.js';
import {
  loadTokenizer,
  mixOption,
  resampleOption,
  threadsOption,
  tokenizerOption,
  WAV_EXTENSIONS,
} from './speech-options.js';

const specs = {
  tokenizer: tokenizerOption,
  mix: mixOption,
  resample: resampleOption,
  threads: threadsOption,
  ...ENCODE_OPTIONS,
};

export const encodeCommand = defineCommand({
  name: 'speech encode',
  summary: 'Turn WAV files into tokens.',
  usage: '[options] --tokenizer FOLDER --out PATH INPUT…',
  details: [
    ENCODE_DETAILS,
    'Of folders the .wav files are taken. A recording becomes one token per 40 ms with a published checkpoint; windows of 30 s are encoded by themselves.',
  ],
  options: specs,
  examples: [
    {
      command: 'speech encode corpus/ -t StableToken/tokenizer --out tokens/',
      says: 'Encode a folder into Parquet shards',
    },
    {
      command: 'speech encode talk.wav -t StableToken/tokenizer --resample --out talk.u16',
      says: 'Encode one recording of any rate into bare 16-bit ids',
    },
  ],
  run,
});

async function run(invocation: Invocation<typeof specs>): Promise<number> {
  const { options, io } = invocation;
  return runEncode(invocation, {
    extensions: WAV_EXTENSIONS,
    encode: encodeWith(async () => {
      const tokenizer = await loadTokenizer(options.tokenizer, options.threads);
      const { mix = 'first', resample: resamples } = options;
      return speechEncoder({ tokenizer, mix, resamples, stdin: io.stdin });
    }),
  });
}
