/**
 * Whether pyarrow and pandas read what polytok writes, and the reverse: a LeRobot folder goes to Python, which compares
 * every index and statistic, writes the data files again with its own defaults, and polytok compares every number.
 *
 *   python3 -m venv action/.venv && action/.venv/bin/pip install pyarrow==26.0.1 pandas==3.1.1 datasets==5.2.0
 *   npx tsx --conditions=@polytok/source action/pyarrow.ts [python]
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { LeRobotDataset } from '@polytok/action/data';
import { openDatasetFolder } from '@polytok/action/node';
import { jointData } from './joint-data.js';
import { CACHE, HERE } from './paths.js';

const [python = path.join(HERE, '.venv/bin/python')] = process.argv.slice(2);
const written = await jointData(12_345);
const rewritten = path.join(CACHE, 'rewritten');
rmSync(rewritten, { recursive: true, force: true });
const check = path.join(HERE, 'check_with_pyarrow.py');
process.stdout.write(execFileSync(python, [check, written, rewritten], { encoding: 'utf8' }));

const theirs = (await LeRobotDataset.open(openDatasetFolder(rewritten))).tracks({
  state: 'observation.state',
});
let episodes = 0;
for await (const { index, track, state } of (await LeRobotDataset.open(openDatasetFolder(written))).tracks({
  state: 'observation.state',
})) {
  const { value } = await theirs.next();
  const same = (a?: ArrayLike<number>, b?: ArrayLike<number>) =>
    a?.length === b?.length && Array.from(a ?? []).every((number, at) => number === b?.[at]);
  if (!same(track.values, value?.track.values) || !same(state?.values, value?.state?.values)) {
    throw new Error(`Episode ${index} differs after pyarrow has written it again.`);
  }
  episodes++;
}
console.log(`${episodes} episodes come back from pyarrow with the same numbers`);
