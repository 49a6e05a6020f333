/**
 * tiktoken as WebAssembly: `node tiktoken-wasm.mjs <rank list>`.
 *
 * It takes text only, so bytes go in as Latin-1 characters, which it sees in UTF-8. The vocabulary follows them
 * there: each byte from 80 on becomes a two-byte token that is merged before anything else, and all other merges
 * move up by those 128 ranks. The merges, and with them the tokens, are the same.
 */
import { readFileSync } from 'node:fs';
import { Tiktoken } from 'tiktoken';
import { packageVersion } from '../../harness/package-version.js';
import { latin1 } from './latin1.js';
import { type Method, serve } from './serve.js';

/** Bytes that UTF-8 spells with two. */
const WIDE = 128;

await serve(packageVersion('tiktoken'), () => {
  const tokens = readFileSync(process.argv[2], 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  const singles = Array.from({ length: 256 }, (_, byte) => Buffer.of(byte).toString('base64'));
  const respelled = tokens.map((token) => Buffer.from(utf8OfLatin1(token)).toString('base64'));
  const ranks = ['!', '0', ...singles, ...respelled.slice(256 - WIDE, 256), ...respelled.slice(256)];
  const tiktoken = new Tiktoken(ranks.join(' '), {}, '[\\s\\S]+');
  return {
    encode: {
      prepare: (pieces) => pieces.map(latin1),
      encode: (texts) => texts.map((text) => tiktoken.encode_ordinary(text)),
      ids: (pieces) => pieces.map((ids) => ids.map((id) => (id < WIDE ? id : id - WIDE))),
    } satisfies Method<string[], Uint32Array[]>,
  } as Record<string, Method>;
});

function utf8OfLatin1(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}
