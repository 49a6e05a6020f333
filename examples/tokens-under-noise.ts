/**
 * Encodes a recording with a StableToken checkpoint, clean and with noise, and counts the tokens that the noise changes.
 *
 *     npx tsx --conditions=@polytok/source examples/tokens-under-noise.ts RECORDING.wav CHECKPOINT
 */
import { seededRandom } from '@polytok/common';
import { unitEditDistance } from '@polytok/common/metrics';
import { resample } from '@polytok/speech';
import { readWav, StableTokenizer } from '@polytok/speech/node';

const here = import.meta.dirname;
const [
  recording = `${here}/data/sound/vowels.wav`,
  // Tiny and random, to show how it is done; published weights stand in their own folder.
  checkpoint = `${here}/../packages/speech/goldens/stable-token/published-shape`,
] = process.argv.slice(2);

const tokenizer = await StableTokenizer.fromPretrained(checkpoint);
const { sampleRate } = tokenizer.config;
const audio = resample(await readWav(recording), sampleRate);
const clean = await tokenizer.encode(audio);
console.log(`${audio.samples.length} samples, ${clean.length} tokens of ${tokenizer.vocabulary.size}`);

const random = seededRandom(1);
/** Normally distributed (Box and Muller). */
const normal = () =>
  Math.sqrt(-2 * Math.log((random() + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * random()) / 2 ** 32);
const level = Math.sqrt(audio.samples.reduce((sum, sample) => sum + sample ** 2, 0) / audio.samples.length);
for (const decibels of [40, 25, 10]) {
  const scale = level / 10 ** (decibels / 20);
  const noisy = await tokenizer.encode({
    samples: audio.samples.map((sample) => sample + scale * normal()),
    sampleRate,
  });
  const { value } = unitEditDistance({ pairs: [{ reference: clean.ids, perturbed: noisy.ids }] });
  console.log(`noise at ${decibels} dB: ${(100 * value).toFixed(1)} % of the tokens change`);
}
await tokenizer.close();
