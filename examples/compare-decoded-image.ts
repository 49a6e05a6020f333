/**
 * Encodes an image, decodes its tokens, and writes both side by side.
 *
 *     npx tsx --conditions=@polytok/source examples/compare-decoded-image.ts IMAGE WEIGHTS [OUT.png]
 */
import { readFile } from 'node:fs/promises';
import { prepareImage } from '@polytok/image';
import { readImage, VqImageTokenizer, writeImage } from '@polytok/image/node';

const here = import.meta.dirname;
const goldens = `${here}/../packages/image/goldens`;
const [path = `${here}/data/images/lake.png`, weights, out = 'compared.png'] = process.argv.slice(2);

// Published weights say by their tensors what they are. Without any, a small random network shows how it is done.
const small = JSON.parse(await readFile(`${goldens}/small-taming.json`, 'utf8')).config;
const tokenizer = weights
  ? await VqImageTokenizer.fromPretrained(weights)
  : await VqImageTokenizer.fromPretrained(`${goldens}/small-taming.pt`, small);

const size = weights ? 256 : 64;
const image = prepareImage(await readImage(path), { size });
const tokens = await tokenizer.encode(image);
const decoded = await tokenizer.decode(tokens);
await tokenizer.close();

const both = new Uint8Array(2 * image.data.length);
const stride = 3 * size;
for (let row = 0; row < size; row++) {
  both.set(image.data.subarray(row * stride, (row + 1) * stride), 2 * row * stride);
  both.set(decoded.data.subarray(row * stride, (row + 1) * stride), (2 * row + 1) * stride);
}
await writeImage(out, { width: 2 * size, height: size, data: both });
const used = new Set(tokens.ids).size;
console.log(`${size} × ${size} pixels, ${tokens.length} tokens, ${used} of ${tokenizer.vocabulary.size} ids`);
console.log(`the image and what its tokens say of it: ${out}`);
