/**
 * One control step of an ensemble: 7 columns, a chunk of 8 steps taken in with every step, hence 8 candidates. Push and
 * step together, and step alone; bytes allocated on the heap per step. With `--python <interpreter that has numpy>`, the
 * same rules as written in NumPy, on the same candidates, after the actions were compared.
 *
 *   pnpm action:ensembles [--python python3]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ActionEnsemble,
  adaptiveRule,
  distanceVoteRule,
  type EnsembleRule,
  meanRule,
  temporalRule,
  voteRule,
} from '@polytok/action';
import { describeMachine, printMachine } from '../harness/machine.js';
import { spread } from '../harness/statistics.js';
import { table } from '../harness/table.js';

const COLUMNS = 7;
const STEPS = 8;
const LOOPS = 100_000;
const RUNS = 15;
/** Largest difference of two actions that counts as equal. */
const TOLERANCE = 1e-12;

const rules: Readonly<Record<string, EnsembleRule>> = {
  vote: voteRule(),
  'vote by distance': distanceVoteRule({ tolerance: 0.1 }),
  adaptive: adaptiveRule(),
  temporal: temporalRule(),
  mean: meanRule(),
};

interface PeerAnswer {
  readonly version: string;
  readonly rules: Readonly<
    Record<string, { readonly action: readonly number[]; readonly nanoseconds: number }>
  >;
}

const { values } = parseArgs({ options: { python: { type: 'string' } } });
const chunks = Array.from({ length: STEPS }, (_, at) =>
  Float64Array.from({ length: STEPS * COLUMNS }, (_, i) => Math.sin(0.7 * at + 0.31 * i) / 2 + 0.6),
);
printMachine(describeMachine());
const peer = values.python ? askPeer(values.python) : undefined;
if (!peer) console.log('NOT MEASURED: NumPy; name an interpreter that has it: --python python3');
console.log(`${COLUMNS} columns, ${STEPS} candidates, ${RUNS} runs of ${LOOPS} steps\n`);
const head = ['', 'push + step, ns', 'at worst', 'bytes / step', `NumPy ${peer?.version ?? ''}, ns`, 'ratio'];
console.log(table(head, Object.keys(rules).map(measure)));

function measure(name: string): string[] {
  const ensemble = new ActionEnsemble({ columns: COLUMNS, steps: STEPS, rule: rules[name] });
  const action = new Float64Array(COLUMNS);
  for (const chunk of chunks) {
    ensemble.push(chunk);
    ensemble.step(action);
  }
  const other = peer?.rules[name];
  if (other) requireEqual(name, action, other.action);
  const loop = () => {
    for (let i = 0; i < LOOPS; i++) {
      ensemble.push(chunks[i % STEPS]);
      ensemble.step(action);
    }
  };
  loop();
  const times: number[] = [];
  const bytes: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const heap = process.memoryUsage().heapUsed;
    const start = performance.now();
    loop();
    times.push(((performance.now() - start) * 1e6) / LOOPS);
    bytes.push((process.memoryUsage().heapUsed - heap) / LOOPS);
  }
  const { median, max } = spread(times);
  return [
    name,
    median.toFixed(0),
    max.toFixed(0),
    spread(bytes).median.toFixed(1),
    other ? other.nanoseconds.toFixed(0) : '–',
    other ? (other.nanoseconds / median).toFixed(0) : '–',
  ];
}

function askPeer(python: string): PeerAnswer {
  const script = fileURLToPath(new URL('ensembles_numpy.py', import.meta.url));
  const input = JSON.stringify({ chunks: chunks.map((chunk) => [...chunk]), columns: COLUMNS });
  const { status, stdout } = spawnSync(python, [script], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${python} ended with ${status}; its own message stands above.`);
  return JSON.parse(stdout);
}

function requireEqual(name: string, ours: ArrayLike<number>, theirs: readonly number[]): void {
  const apart = Math.max(...theirs.map((value, column) => Math.abs(value - ours[column])));
  if (!(apart < TOLERANCE)) throw new Error(`${name}: the actions are ${apart} apart; nothing is timed.`);
}
