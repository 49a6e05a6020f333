/**
 * Writes a sound that speaks five vowels, one after the other, as a WAV file: pulses of a voice at 120 Hz through the first
 * three formants of each (G. E. Peterson and H. L. Barney, 1952, men's averages).
 *
 *     npx tsx --conditions=@polytok/source examples/make-vowels.ts examples/data/sound/vowels.wav
 */
import { writeFile } from 'node:fs/promises';

const RATE = 16_000;
const VOICE = 120;
const SECONDS_EACH = 0.3;
const BANDWIDTHS = [60, 90, 150];
const VOWELS = [
  [270, 2290, 3010], // heed
  [530, 1840, 2480], // head
  [730, 1090, 2440], // hod
  [570, 840, 2410], // hawed
  [300, 870, 2240], // who'd
];

const length = VOWELS.length * SECONDS_EACH * RATE;
let sound: Float64Array = Float64Array.from({ length }, (_, i) =>
  i % Math.round(RATE / VOICE) === 0 ? 1 : 0,
);
for (const [formant, bandwidth] of BANDWIDTHS.entries()) {
  // A resonator: y[n] = g x[n] + 2 r cos(2 pi f / rate) y[n-1] - r^2 y[n-2].
  const r = Math.exp((-Math.PI * bandwidth) / RATE);
  const filtered = new Float64Array(length);
  for (let n = 0; n < length; n++) {
    const hertz = VOWELS[Math.floor(n / (SECONDS_EACH * RATE))][formant];
    const feedback = 2 * r * Math.cos((2 * Math.PI * hertz) / RATE) * (filtered[n - 1] ?? 0);
    filtered[n] = (1 - r) * sound[n] + feedback - r * r * (filtered[n - 2] ?? 0);
  }
  sound = filtered;
}
const peak = sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const header = Buffer.from('RIFF    WAVEfmt                     data    ', 'latin1');
header.writeUInt32LE(36 + 2 * length, 4);
header.writeUInt32LE(16, 16);
for (const [at, value] of [1, 1].entries()) header.writeUInt16LE(value, 20 + 2 * at); // integers, one channel
header.writeUInt32LE(RATE, 24);
header.writeUInt32LE(2 * RATE, 28);
for (const [at, value] of [2, 16].entries()) header.writeUInt16LE(value, 32 + 2 * at); // bytes and bits of a sample
header.writeUInt32LE(2 * length, 40);
const samples = Int16Array.from(sound, (value) => Math.round((16_000 * value) / peak));
const out = process.argv[2] ?? 'vowels.wav';
await writeFile(out, Buffer.concat([header, Buffer.from(samples.buffer)]));
console.log(`${out}: ${VOWELS.length} vowels, ${length} samples`);
