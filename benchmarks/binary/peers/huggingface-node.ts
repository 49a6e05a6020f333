/** HuggingFace's Rust tokenizer through its Node binding: `node huggingface-node.mjs <tokenizer.json>`. */
import { type JsEncoding, Tokenizer } from 'tokenizers';
import { packageVersion } from '../../harness/package-version.js';
import { latin1 } from './latin1.js';
import { type Method, serve } from './serve.js';

await serve(packageVersion('tokenizers'), () => {
  const tokenizer = Tokenizer.fromFile(process.argv[2]);
  const options = { addSpecialTokens: false };
  const ids = (encodings: JsEncoding[]) => encodings.map((encoding) => encoding.getIds());
  return {
    encode: {
      prepare: (pieces) => pieces.map(latin1),
      encode: async (texts) => {
        const encodings: JsEncoding[] = [];
        for (const text of texts) encodings.push(await tokenizer.encode(text, null, options));
        return encodings;
      },
      ids,
    } satisfies Method<string[], JsEncoding[]>,
    'encode-batch': {
      prepare: (pieces) => pieces.map(latin1),
      encode: (texts) => tokenizer.encodeBatch(texts, options),
      ids,
    } satisfies Method<string[], JsEncoding[]>,
  } as Record<string, Method>;
});
