/** Why images are not scaled by sharp: the ids would be others than those of pipelines that stand on Pillow. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { golden, goldenWeights, SMALL_WEIGHTS } from '../goldens.fixture.js';
import { prepareImage } from '../pixels/prepare-image.js';
import { VqImageTokenizer } from '../vq-image-tokenizer.js';
import { readImage } from './read-image.js';

it('scaling by sharp changes every pixel by one level on average, and a fifth of the ids', async () => {
  const size = 64;
  const image = await readImage(
    fileURLToPath(new URL('../../../../examples/data/images/lake.png', import.meta.url)),
  );
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const scaled = await sharp(image.data, { raw })
    .resize(size, size, { fit: 'cover', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const prepared = prepareImage(image, { size });
  const mean = prepared.data.reduce((sum, byte, i) => sum + Math.abs(byte - scaled[i]), 0) / scaled.length;
  expect(mean).toBeGreaterThan(0.5);
  expect(mean).toBeLessThan(2);

  const { config } = golden('small-taming.json');
  const tokenizer = await VqImageTokenizer.fromWeights(goldenWeights(SMALL_WEIGHTS.taming), config, {
    threads: 1,
  });
  const { ids } = await tokenizer.encode(prepared);
  const other = await tokenizer.encode({ width: size, height: size, data: new Uint8Array(scaled) });
  const changed = ids.filter((id, i) => id !== other.ids[i]).length / ids.length;
  expect(changed).toBeGreaterThan(0.1);
  expect(changed).toBeLessThan(0.4);
});
