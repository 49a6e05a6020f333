/**
 * One file on two threads against one, with equal ids. On a machine with two cores, what others do shows at once.
 *
 *   npx tsx --conditions=@polytok/source binary/workers.ts [--quick] [--wait seconds]
 */
import { statSync } from 'node:fs';
import { benchmarkOptions } from '../harness/options.js';
import { startAvailable } from '../harness/peer.js';
import { Results } from '../harness/results.js';
import { table } from '../harness/table.js';
import { compareEncoders, formatSpeed } from './compare-encoders.js';
import { elfFile, inputFile, largeElfFile } from './inputs.js';
import { RESULTS, SETUP } from './paths.js';
import { encoderSpecs } from './peers.js';
import { vocabularyFiles } from './vocabulary.js';

const { quick, waitSeconds } = benchmarkOptions();
const results = new Results(RESULTS, 'workers');
const [peer] = await startAvailable(await encoderSpecs(['polytok'], await vocabularyFiles(32768)), SETUP);
try {
  const figures = [];
  for (const file of [elfFile(), largeElfFile(), inputFile('corpus-100MB')]) {
    const bytes = statSync(file).size;
    const contenders = ['encode', 'one-worker', 'two-workers'].map((method) => ({ peer, method }));
    const title = `${(bytes / 1e6).toFixed(1)} MB of executables`;
    figures.push(
      await compareEncoders({
        ...{ title, input: { file, piece: 0 }, bytes, contenders },
        ...{ runs: quick ? 3 : 11, waitSeconds },
      }),
    );
  }
  const rows = figures.map(({ title, results: [main, one, two] }) => [
    title,
    ...[main, one, two].map(({ speed }) => formatSpeed(speed!)),
    `${(two.speed!.median / main.speed!.median).toFixed(2)} x`,
    `${(two.speed!.median / one.speed!.median).toFixed(2)} x`,
  ]);
  const head = ['input', 'main thread, MB/s', 'one worker', 'two workers', 'two / main', 'two / one'];
  console.log(`\n${table(head, rows)}`);
  results.write({ quick, figures });
} finally {
  peer.stop();
}
