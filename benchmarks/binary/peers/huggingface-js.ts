/** HuggingFace's tokenizer in JavaScript: `node huggingface-js.mjs <tokenizer.json>`. */
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { packageVersion } from '../../harness/package-version.js';
import { latin1 } from './latin1.js';
import { type Method, serve } from './serve.js';

await serve(packageVersion('@huggingface/tokenizers'), () => {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(process.argv[2], 'utf8')), {});
  return {
    encode: {
      prepare: (pieces) => pieces.map(latin1),
      encode: (texts) => texts.map((text) => tokenizer.encode(text, { add_special_tokens: false }).ids),
      ids: (ids) => ids,
    } satisfies Method<string[], number[][]>,
  } as Record<string, Method>;
});
