/**
 * Tokenizes real executables and the actions of simulated robots, and brings them back: `pnpm demo`. Exits with 1 if any
 * byte is lost, or a robot no longer does its task.
 */
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { demoRobots } from './demo/demo-actions.js';
import { demoFiles } from './demo/demo-files.js';
import { runActionDemo } from './demo/run-action-demo.js';
import { runDemo } from './demo/run-demo.js';

const { stdout } = process;
const write = (text: string) => stdout.write(text);
const files = await demoFiles();
const color = stdout.isTTY && stdout.hasColors();
const bytesLost = runDemo({ tokenizer: binaryTokenizer('32k'), files, color, write });
write('\n');
const tasksFailed = runActionDemo(await demoRobots(), write);
process.exitCode = Math.max(bytesLost, tasksFailed);
