/**
 * Time from starting Node to the first nearest code, less that of Node alone; and the size of the kernels in a browser.
 *
 *   npx tsx --conditions=@polytok/source kernels/start.ts [--quick] [--wait seconds]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundle } from '../harness/bundle.js';
import { benchmarkOptions } from '../harness/options.js';
import { Quiet } from '../harness/quiet.js';
import { type Spread, spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { BUNDLES, HERE } from './paths.js';
import { Report } from './report.js';

const { quick, waitSeconds } = benchmarkOptions();
const report = new Report('start');

mkdirSync(BUNDLES, { recursive: true });
const nothing = path.join(BUNDLES, 'nothing.mjs');
writeFileSync(nothing, '');
const cold = await bundle(path.join(HERE, 'peers', 'cold.ts'), BUNDLES);
const times = { nothing: [] as number[], kernels: [] as number[], added: [] as number[] };
const quiet = new Quiet(waitSeconds);
for (let run = 0; run < (quick ? 3 : 25); run++) {
  if (run % 5 === 0) await quiet.wait();
  const bare = milliseconds(nothing);
  const kernels = milliseconds(cold);
  times.nothing.push(bare);
  times.kernels.push(kernels);
  times.added.push(kernels - bare);
}
const [bare, kernels, added] = [times.nothing, times.kernels, times.added].map(spread);
const ms = ({ median, min, max }: Spread) => `${median.toFixed(1)} (${min.toFixed(1)} - ${max.toFixed(1)})`;
report.say(`Process from start to end, ${bare.runs} runs:`);
report.say(
  table(
    ['', 'ms (min - max)'],
    [
      ['Node, empty program', ms(bare)],
      ['Node, kernels and one nearest code', ms(kernels)],
      ['difference, run by run', ms(added)],
    ],
  ),
);
const bytes = await browserBytes();
report.say(
  `\`@polytok/common/kernels\`, minified with all it imports: ${bytes.minified} bytes, ${bytes.gzipped} gzipped.`,
);
report.bar({
  goal: 'cold start beyond bare Node',
  bar: 30,
  atLeast: false,
  reached: added.median,
  unit: 'ms',
});
report.bar({
  goal: 'gzipped size of `./kernels`',
  bar: 60,
  atLeast: false,
  reached: bytes.gzipped / 1000,
  unit: 'kB',
});
report.finish({ quick, bare, kernels, added, bytes });

function milliseconds(script: string): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [script]);
  if (status !== 0) throw new Error(`${script} ended with exit code ${status}.`);
  return performance.now() - start;
}

/** Size of everything that the entry exports. */
async function browserBytes(): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents: "export * from '@polytok/common/kernels';", resolveDir: HERE },
    ...{ bundle: true, minify: true, write: false, platform: 'browser', format: 'esm', target: 'es2022' },
    conditions: ['@polytok/source'],
  });
  const [{ contents }] = outputFiles;
  return { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
}
