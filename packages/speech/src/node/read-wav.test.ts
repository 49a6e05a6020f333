import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { scratchFolder } from './scratch-folder.test-helper.js';
import { bytesOf, wavFile } from './wav.test-helper.js';

const file = wavFile(bytesOf(Int16Array.of(16384, -16384)), { channels: 2 });

it('reads a file, and standard input', async () => {
  const folder = scratchFolder();
  await writeFile(join(folder, 'a.wav'), file);
  const expected = { samples: Float32Array.of(0), sampleRate: 16_000 };
  expect(await readWav(join(folder, 'a.wav'), { mix: 'mean' })).toEqual(expected);
  expect(await readWav('-', { mix: 'mean', stdin: Readable.from([file]) })).toEqual(expected);
});

it('names a file that is missing', async () => {
  await expect(readWav('nowhere.wav')).rejects.toMatchObject({
    code: 'IO',
    message: expect.stringContaining('nowhere.wav'),
  });
});
