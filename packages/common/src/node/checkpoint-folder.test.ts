import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../io/safetensors.js';
import type { AtomicFileSystem } from './atomic-file.js';
import { CheckpointFolder, restoreCheckpoint } from './checkpoint-folder.js';
import { batchesFrom, openTraining, STEPS } from './checkpoint-training.fixture.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

const refusal = (code: string, message: string, details: object = {}) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining(message),
    details: expect.objectContaining(details),
  });

/** Checkpoints in a folder, by the metric `loss` of each step. */
async function savedWith(folder: CheckpointFolder, losses: readonly (number | undefined)[]): Promise<void> {
  const trainer = await openTraining();
  for (const loss of losses) {
    await trainer.trainBatch(...firstTwo(batchesFrom(trainer)));
    await trainer.save(folder, { metrics: loss === undefined ? {} : { loss } });
  }
}

function firstTwo<T>(values: Iterable<T>): [T, T] {
  const [first, second] = values;
  return [first, second];
}

const stepsIn = async (folder: CheckpointFolder) => (await folder.list()).valid.map(({ step }) => step);

describe('a folder of checkpoints', () => {
  it('goes on to the bits of a training that never stopped', async () => {
    const whole = await openTraining();
    await whole.train(batchesFrom(whole), { until: STEPS });
    const folder = await CheckpointFolder.open(join(scratchFolder(), 'new', 'run'));
    const first = await openTraining();
    await first.train(batchesFrom(first), { until: 5, checkpoints: folder, checkpointEvery: 2 });
    expect(await stepsIn(folder)).toEqual([5, 4, 2]);

    const second = await openTraining();
    const { checkpoint, damaged } = await folder.resume(second);
    expect(checkpoint).toMatchObject({ step: 5, batches: 10, metrics: {} });
    expect([second.step, second.batches, second.lastCheckpoint, damaged]).toEqual([
      5,
      10,
      checkpoint!.path,
      [],
    ]);
    await second.train(batchesFrom(second), { until: STEPS });
    expect(second.checkpoint()).toEqual(whole.checkpoint());
    expect(second.averagedWeights()).toEqual(whole.averagedWeights());
  });

  it('starts anew where it is empty', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    const trainer = await openTraining();
    expect(await folder.resume(trainer)).toEqual({ metadata: {}, damaged: [] });
    expect([trainer.step, await folder.latest(), await folder.best()]).toEqual([0, undefined, undefined]);
  });

  it('keeps the newest, and the best by a metric', async () => {
    const folder = await CheckpointFolder.open(scratchFolder(), { keep: 2, best: 'loss' });
    await savedWith(folder, [5, 3, undefined, 4, 3.5, 9]);
    expect(await stepsIn(folder)).toEqual([6, 5, 2]);
    expect(await folder.best()).toMatchObject({ step: 2, metrics: { loss: 3 } });
    expect(await folder.latest()).toMatchObject({ step: 6, metrics: { loss: 9 } });
    const again = await CheckpointFolder.open(folder.path, { keep: 2, best: 'loss', largestIsBest: true });
    expect(await again.best()).toMatchObject({ step: 6 });
    expect(await (await CheckpointFolder.open(folder.path)).best()).toBeUndefined();
  });

  it('gives back the metadata of the checkpoint', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    const trainer = await openTraining();
    await trainer.train(batchesFrom(trainer), {
      until: 1,
      checkpoints: folder,
      checkpointMetadata: () => ({ position: 'shard 3' }),
    });
    expect(await folder.resume(await openTraining())).toMatchObject({ metadata: { position: 'shard 3' } });
  });

  it('refuses a training that stands before its checkpoints', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    await savedWith(folder, [1, 2, 3]);
    const trainer = await openTraining();
    await expect(trainer.save(folder)).rejects.toThrow(
      refusal('INVALID_ARGUMENT', 'later steps than 0', {
        later: expect.arrayContaining([expect.any(String)]),
      }),
    );
    expect(await stepsIn(folder)).toEqual([3, 2, 1]);
  });

  it('touches nothing but its own files, and removes what a killed process left', async () => {
    const path = scratchFolder();
    const rest = (name: string) => `.${name}.01234567-89ab-cdef-0123-456789abcdef.polytok-tmp`;
    const others = ['notes.md', 'step-1.safetensors', rest('notes.md')];
    for (const name of [...others, rest('step-00000003.safetensors')]) await writeFile(join(path, name), '');
    const folder = await CheckpointFolder.open(path, { keep: 1 });
    await savedWith(folder, [1, 2]);
    expect((await readdir(path)).sort()).toEqual([...others, 'step-00000002.safetensors'].sort());
  });

  it('refuses to keep nothing, and a folder that cannot be made', async () => {
    const path = scratchFolder();
    await expect(CheckpointFolder.open(path, { keep: 0 })).rejects.toThrow(
      refusal('INVALID_ARGUMENT', 'keep'),
    );
    await writeFile(join(path, 'file'), '');
    await expect(CheckpointFolder.open(join(path, 'file'))).rejects.toThrow(refusal('IO', 'file'));
  });
});

describe('a damaged checkpoint', () => {
  it('is refused by name, wherever it is cut', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    await savedWith(folder, [1]);
    const { path } = (await folder.latest())!;
    const bytes = await readFile(path);
    const trainer = await openTraining();
    const before = trainer.checkpoint();
    for (const length of [0, 7, 8, 100, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(restoreCheckpoint(trainer, path)).rejects.toThrow(refusal('INVALID_FORMAT', path));
      const all = folder.resume(trainer);
      await expect(all).rejects.toThrow(refusal('INVALID_FORMAT', 'no valid checkpoint'));
    }
    expect(trainer.checkpoint()).toEqual(before);
  });

  it('is passed over and named where an older one is valid', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    await savedWith(folder, [1, 2, 3]);
    const newest = (await folder.latest())!.path;
    await truncate(newest, (await stat(newest)).size - 4);
    const trainer = await openTraining();
    const { checkpoint, damaged } = await folder.resume(trainer);
    expect([checkpoint?.step, trainer.step]).toEqual([2, 2]);
    expect(damaged).toEqual([{ path: newest, step: 3, message: expect.stringContaining('truncated') }]);
    // It is replaced when training comes by again.
    await trainer.train(batchesFrom(trainer), { until: 3, checkpoints: folder });
    expect(await folder.list()).toMatchObject({
      valid: [{ step: 3 }, { step: 2 }, { step: 1 }],
      damaged: [],
    });
  });

  it('is one that was renamed, or holds other tensors', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    await savedWith(folder, [1]);
    await rename((await folder.latest())!.path, join(folder.path, 'step-00000007.safetensors'));
    await writeFile(join(folder.path, 'step-00000008.safetensors'), encodeSafetensors(new Map()));
    expect(await folder.list()).toEqual({
      valid: [],
      damaged: [
        { path: expect.any(String), step: 8, message: expect.stringContaining('no checkpoint of a Trainer') },
        { path: expect.any(String), step: 7, message: expect.stringContaining('of step 1, not 7') },
      ],
    });
  });

  it('is one of another network: what differs is named', async () => {
    const folder = await CheckpointFolder.open(scratchFolder());
    await savedWith(folder, [1]);
    await expect(folder.resume(await openTraining(9))).rejects.toThrow(
      refusal('INVALID_FORMAT', 'inner.weight is F32 [8,3], not F32 [9,3]', {
        path: join(folder.path, 'step-00000001.safetensors'),
        missing: [],
        extra: [],
      }),
    );
  });
});

describe('a disk that fills while a checkpoint is written', () => {
  it('is a typed error, after which the checkpoint before is the last', async () => {
    let room = Infinity;
    const fs: AtomicFileSystem = {
      rename,
      rm,
      async open(...args) {
        const handle = await open(...args);
        const write = handle.writeFile.bind(handle);
        return Object.assign(handle, {
          async writeFile(data: Uint8Array) {
            await write(data.subarray(0, room));
            room -= data.byteLength;
            if (room < 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          },
        });
      },
    };
    const folder = await CheckpointFolder.open(scratchFolder(), { fs });
    const trainer = await openTraining();
    const training = trainer.train(batchesFrom(trainer), {
      checkpoints: folder,
      checkpointEvery: 2,
      onStep({ step }) {
        if (step === 3) room = 1000;
      },
    });
    await expect(training).rejects.toThrow(
      refusal('IO', 'the disk is full', {
        systemCode: 'ENOSPC',
        path: join(folder.path, 'step-00000004.safetensors'),
      }),
    );
    expect(await readdir(folder.path)).toEqual(['step-00000002.safetensors']);
    expect([trainer.step, trainer.lastCheckpoint]).toEqual([
      4,
      join(folder.path, 'step-00000002.safetensors'),
    ]);
    room = Infinity;
    await trainer.save(folder);
    expect(await stepsIn(folder)).toEqual([4, 2]);
  });

  const script = fileURLToPath(new URL('./checkpoint-limit.child.ts', import.meta.url));

  it.runIf(process.platform === 'linux')('is understood as the system reports it', async () => {
    const folder = scratchFolder();
    // 512 blocks of 1 kB in bash: a small checkpoint fits, one of 30 000 neurons takes 2 MB.
    const command = 'ulimit -f 512 && exec "$0" --import tsx "$@"';
    const child = spawn('bash', ['-c', command, process.execPath, script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      code: 'IO',
      details: { systemCode: 'EFBIG', path: join(folder, 'step-00000000.safetensors') },
      message: expect.stringContaining('ulimit -f'),
      list: { valid: [{ step: 0, path: join(folder, 'step-00000000.safetensors') }], damaged: [] },
    });
    expect(await readdir(folder)).toEqual(['step-00000000.safetensors']);
  });
});

describe('a killed process', () => {
  const script = fileURLToPath(new URL('./checkpoint-folder.child.ts', import.meta.url));

  async function runChild(
    folder: string,
    result: string,
    dieAt: number,
  ): Promise<NodeJS.Signals | number | null> {
    const args = ['--import', 'tsx', script, folder, result, String(dieAt)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const [code, signal] = await once(child, 'exit');
    return signal ?? code;
  }

  it('goes on to the same final state as an undisturbed one, however often it is killed', async () => {
    const [undisturbed, killed, results] = [scratchFolder(), scratchFolder(), scratchFolder()];
    expect(await runChild(undisturbed, join(results, 'undisturbed'), 0)).toBe(0);

    const result = join(results, 'killed');
    expect(await runChild(killed, result, 2)).toBe('SIGKILL');
    expect(await readdir(killed)).toEqual([]);
    expect(await runChild(killed, result, 5)).toBe('SIGKILL');
    expect(await readdir(killed)).toEqual(['step-00000003.safetensors']);
    // In the middle of the second checkpoint of this run, that of step 9.
    expect(await runChild(killed, result, -2)).toBe('SIGKILL');
    const [rest, ...complete] = (await readdir(killed)).sort();
    expect(rest).toMatch(/^\.step-00000009\.safetensors\..*\.polytok-tmp$/);
    expect(complete).toEqual(['step-00000003.safetensors', 'step-00000006.safetensors']);
    expect(await runChild(killed, result, 0)).toBe(0);

    expect(await readdir(killed)).toEqual(['step-00000009.safetensors', 'step-00000012.safetensors']);
    expect(await readdir(killed)).toEqual(await readdir(undisturbed));
    expect(await readFile(result)).toEqual(await readFile(join(results, 'undisturbed')));
    for (const name of await readdir(killed)) {
      expect(await readFile(join(killed, name)), name).toEqual(await readFile(join(undisturbed, name)));
    }
  });
});
