/** Tokenizes real executables and brings them back: `pnpm demo`. Exits with 1 if any byte is lost. */
import { binaryTokenizer } from '@polytok/binary/vocabularies';
import { demoFiles } from './demo/demo-files.js';
import { runDemo } from './demo/run-demo.js';

const { stdout } = process;
process.exitCode = runDemo({
  tokenizer: binaryTokenizer('32k'),
  files: await demoFiles(),
  color: stdout.isTTY && stdout.hasColors(),
  write: (text) => stdout.write(text),
});
