import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandInputs } from './inputs.js';
import { scratchFolder, writeFiles } from './scratch-folder.test-helper.js';

async function corpus(): Promise<string> {
  const folder = scratchFolder();
  await writeFiles(folder, {
    'b.wav': '',
    'a.wav': '',
    'notes.txt': '',
    'deep/er/c.WAV': '',
    'deep/d.flac': '',
    'deep/.hidden.wav': '',
    'take[1].wav': '',
  });
  return folder;
}

describe('expandInputs', () => {
  it('takes all files of a folder and its subfolders, sorted', async () => {
    const { files, failures } = await expandInputs(['.'], { cwd: await corpus() });
    expect(files).toEqual(['a.wav', 'b.wav', 'deep/d.flac', 'deep/er/c.WAV', 'notes.txt', 'take[1].wav']);
    expect(failures).toEqual([]);
  });

  it('takes files of wanted extensions from folders, and any file by name', async () => {
    const { files } = await expandInputs(['deep', 'notes.txt'], {
      cwd: await corpus(),
      extensions: ['.wav'],
    });
    expect(files).toEqual(['deep/er/c.WAV', 'notes.txt']);
  });

  it('expands patterns', async () => {
    const cwd = await corpus();
    expect((await expandInputs(['*.wav'], { cwd })).files).toEqual(['a.wav', 'b.wav', 'take[1].wav']);
    expect((await expandInputs(['deep/**/*.{flac,WAV}'], { cwd })).files).toEqual([
      'deep/d.flac',
      'deep/er/c.WAV',
    ]);
  });

  it('takes a file whose name looks like a pattern', async () => {
    expect((await expandInputs(['take[1].wav'], { cwd: await corpus() })).files).toEqual(['take[1].wav']);
  });

  it('lists each file once, in the same order for any order of inputs', async () => {
    const cwd = await corpus();
    const inputs = ['b.wav', './a.wav', '*.wav', join(cwd, 'b.wav'), 'deep/../a.wav'];
    const { files } = await expandInputs(inputs, { cwd });
    expect(files).toEqual(['a.wav', 'b.wav', 'take[1].wav']);
    expect((await expandInputs(['*.wav', 'a.wav'], { cwd })).files).toEqual(files);
  });

  it('keeps absolute inputs absolute, and - as it is', async () => {
    const cwd = await corpus();
    expect((await expandInputs([join(cwd, 'deep'), '-'], { cwd: '/' })).files).toEqual([
      '-',
      join(cwd, 'deep/d.flac'),
      join(cwd, 'deep/er/c.WAV'),
    ]);
  });

  it('names each input that stands for no file, and goes on', async () => {
    const cwd = await corpus();
    const { files, failures } = await expandInputs(['none.wav', 'a.wav', '*.mp3', 'deep'], {
      cwd,
      extensions: ['.mp3'],
    });
    expect(files).toEqual(['a.wav']);
    expect(failures).toEqual([
      {
        input: 'none.wav',
        code: 'IO',
        message: "Cannot read 'none.wav': it does not exist. Check the path.",
      },
      {
        input: '*.mp3',
        code: 'IO',
        message: "No file matches '*.mp3'. Check the pattern, and quote it for the shell.",
      },
      { input: 'deep', code: 'IO', message: "The folder 'deep' has no .mp3 files." },
    ]);
  });

  it('follows links, and comes to an end where they form a circle', async () => {
    const cwd = scratchFolder();
    await writeFiles(cwd, { 'blobs/1': 'x', 'snapshot/readme': '' });
    await symlink(join(cwd, 'blobs/1'), join(cwd, 'snapshot/clip.wav'));
    await symlink(join(cwd, 'snapshot'), join(cwd, 'snapshot/self'));
    const { files } = await expandInputs(['snapshot'], { cwd, extensions: ['.wav'] });
    expect(files).toContain('snapshot/clip.wav');
  });

  it('can be aborted', async () => {
    const aborted = expandInputs(['.'], { cwd: await corpus(), signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
