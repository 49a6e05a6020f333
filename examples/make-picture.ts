/**
 * Paints a landscape: a sky with a sun over three ranges of hills and a lake with waves.
 *
 *     npx tsx --conditions=@polytok/source examples/make-picture.ts examples/data/images/lake.png
 */
import { writeImage } from '@polytok/image/node';

const [width, height] = [240, 160];
const HILLS = [
  { base: 0.52, reach: 0.1, waves: 3.1, colour: [116, 133, 160] },
  { base: 0.6, reach: 0.07, waves: 5.3, colour: [78, 101, 108] },
  { base: 0.66, reach: 0.04, waves: 9.7, colour: [46, 70, 58] },
];
const SHORE = 0.7;
const SUN = { x: 0.68, y: 0.26, radius: 0.09 };

type Colour = readonly number[];
const mix = (a: Colour, b: Colour, share: number) => a.map((value, c) => value + (b[c] - value) * share);

/** @param x from 0 to 1 @param y from 0, the top, to 1 */
function colourAt(x: number, y: number): Colour {
  if (y > SHORE) {
    const glitter = Math.sin(900 * (y - SHORE) ** 2 + 14 * Math.sin(40 * x)) > 0.55 ? 0.35 : 0;
    const water = mix([120, 150, 190], [24, 44, 84], (y - SHORE) / (1 - SHORE));
    return mix(water, [255, 226, 170], glitter * Math.max(0, 1 - 3 * Math.abs(x - SUN.x)));
  }
  for (const { base, reach, waves, colour } of [...HILLS].reverse()) {
    if (y > base - reach * Math.sin(waves * x * Math.PI + waves) ** 2) return colour;
  }
  const distance = Math.hypot((x - SUN.x) * (width / height), y - SUN.y);
  const sky = mix([70, 110, 190], [250, 205, 165], y / SHORE);
  return mix(sky, [255, 240, 200], distance < SUN.radius ? 1 : 0.5 * Math.exp(-4 * distance));
}

const data = new Uint8Array(width * height * 3);
for (let at = 0; at < width * height; at++) {
  data.set(colourAt((at % width) / width, Math.floor(at / width) / height).map(Math.round), 3 * at);
}
const out = process.argv[2] ?? 'lake.png';
await writeImage(out, { width, height, data });
console.log(`${out}: ${width} × ${height} pixels`);
