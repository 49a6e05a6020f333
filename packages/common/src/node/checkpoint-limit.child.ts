/**
 * For tests, under a limit of file sizes (`ulimit -f`), which acts as a full disk: stores a checkpoint of a small
 * training, then one of a large network that exceeds the limit, and prints the error and what the folder holds then.
 *
 *     checkpoint-limit.child.ts <folder of checkpoints>
 */
import { CheckpointFolder } from './checkpoint-folder.js';
import { openTraining } from './checkpoint-training.fixture.js';

const folder = await CheckpointFolder.open(process.argv[2]);
const small = await openTraining();
await small.save(folder);
const large = await openTraining(30_000);
const error = await large.save(folder).then(
  () => undefined,
  (reason: unknown) => reason,
);
const { code, details, message } = error as { code?: string; details?: unknown; message?: string };
console.log(JSON.stringify({ code, details, message, list: await folder.list() }));
