/**
 * For tests: goes on with a training, stores a checkpoint every third step, writes the state after its last step to a file,
 * and kills itself with SIGKILL behind a chosen step, or for a negative number within the writing of that checkpoint.
 *
 *     checkpoint-folder.child.ts <folder of checkpoints> <file> <where to die, 0 for never>
 */
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import type { AtomicFileSystem } from './atomic-file.js';
import { CheckpointFolder } from './checkpoint-folder.js';
import { batchesFrom, openTraining, STEPS } from './checkpoint-training.fixture.js';

const [path, result, dieAt] = process.argv.slice(2);

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

let written = 0;
/** Dies when half of a checkpoint is on the disk. */
function dying(handle: FileHandle): FileHandle {
  const write = handle.writeFile.bind(handle);
  let parts = 0;
  const writeFile: FileHandle['writeFile'] = async (data, ...options) => {
    if (parts++ === 0) written--;
    await write(data, ...options);
    if (parts === 5 && written === Number(dieAt)) die();
  };
  return Object.assign(handle, { writeFile });
}
const fs: AtomicFileSystem = {
  open: async (...args) => dying(await open(...args)),
  rename,
  rm,
};

const trainer = await openTraining();
const folder = await CheckpointFolder.open(path, { keep: 2, fs });
await folder.resume(trainer);
await trainer.train(batchesFrom(trainer), {
  until: STEPS,
  checkpoints: folder,
  checkpointEvery: 3,
  onStep: ({ step }) => {
    if (step === Number(dieAt)) die();
  },
});
await writeFile(result, trainer.checkpoint());
await trainer.close();
