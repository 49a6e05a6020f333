import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Progress, type ProgressOptions } from './progress.js';
import { formatBytes } from './quantities.js';

function progressAt(mode: ProgressOptions['mode'], columns?: number) {
  let written = '';
  const clock = { now: 0 };
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += chunk;
        done();
      },
    }),
    { columns },
  );
  const progress = new Progress({ label: 'encode', format: formatBytes, stream, mode, now: () => clock.now });
  return { progress, clock, written: () => written };
}

test('a live line is rewritten in place, ten times a second at most, and cleared at the end', () => {
  const { progress, clock, written } = progressAt('live');
  clock.now = 1000;
  progress.update(2e6, 10e6, 'shard 1 of 2');
  clock.now = 1050;
  progress.update(3e6, 10e6);
  const line = 'encode: 2.0 MB of 10.0 MB  20%  2.0 MB/s  4.0 s left  shard 1 of 2';
  expect(written()).toBe(`\r${line}`);
  progress.end();
  expect(written()).toBe(`\r${line}\r${' '.repeat(line.length)}\r`);
});

test('without a known total there is a rate, and no time left', () => {
  const { progress, clock, written } = progressAt('live');
  clock.now = 2000;
  progress.update(10e6, undefined);
  expect(written()).toBe('\rencode: 10.0 MB  5.0 MB/s');
});

test('a line is cut to the width of the terminal', () => {
  const { progress, clock, written } = progressAt('live', 20);
  clock.now = 1000;
  progress.update(2e6, 10e6);
  expect(written()).toBe('\rencode: 2.0 MB of 1');
});

test('in logs a plain line comes every 15 seconds', () => {
  const { progress, clock, written } = progressAt('rare');
  for (clock.now = 1000; clock.now <= 40_000; clock.now += 1000) progress.update(clock.now * 1000, 100e6);
  progress.end();
  expect(written()).toBe(
    'encode: 15.0 MB of 100.0 MB  15%  1.0 MB/s  1 min 25 s left\nencode: 30.0 MB of 100.0 MB  30%  1.0 MB/s  1 min 10 s left\n',
  );
});

test('the rate forgets what was skipped at the start', () => {
  const { progress, clock, written } = progressAt('live');
  clock.now = 500;
  progress.update(1e9, 2e9);
  for (clock.now = 1000; clock.now < 60_000; clock.now += 500) progress.update(1e9 + clock.now * 1000, 2e9);
  expect(written()).toMatch(/ {2}1\.0 MB\/s {2}15 min \d\d s left\s*$/);
});

test('nothing is written when off', () => {
  const { progress, clock, written } = progressAt('off');
  clock.now = 1e9;
  progress.update(1, 2);
  progress.end();
  expect(written()).toBe('');
});
