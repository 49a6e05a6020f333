#!/usr/bin/env node
import { EXIT } from './exit-codes.js';
import { runCli } from './run-cli.js';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // Who asks twice does not want to wait for the files under way.
    if (stop.signal.aborted) process.exit(EXIT.aborted);
    stop.abort(new Error(name));
  });
}
// Failed writes are reported by their callbacks; without a listener the events would end the process first.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await runCli(process.argv.slice(2), { stdin, stdout, stderr, env, signal: stop.signal });
