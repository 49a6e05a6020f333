import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { cli, scratchFolder, writeFiles } from './cli.test-helper.js';
import { MODALITIES } from './modalities.js';
import { runCli } from './run-cli.js';
import { tinyTokenizerJson } from './samples.test-helper.js';

const here = { cwd: process.cwd() };

test('--version prints the version of the package', async () => {
  expect(await cli(['--version'], here)).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
});

test('--help explains the command', async () => {
  const { code, stdout } = await cli(['--help'], here);
  expect(code).toBe(0);
  expect(stdout).toBe(`polytok: discrete tokens from signals, and back

Usage: polytok MODALITY VERB [options] INPUT…

Modalities:
  action  tokens of robot actions
  binary  byte-exact BPE tokens of executables, or of any bytes
  image   tokens of images, by published VQ autoencoders
  speech  tokens of speech, by a StableToken checkpoint

Options:
  -h, --help     Explain a modality or a verb, such as: polytok binary encode --help
  -V, --version  Print the version

Exit codes: 0 done, 1 some inputs failed (each is named), 2 wrong usage, 70 a fault of polytok, 130 interrupted.
`);
});

test('a modality lists its verbs', async () => {
  expect(
    (await cli(['binary', '-h'], here)).stdout,
  ).toBe(`polytok binary: byte-exact BPE tokens of executables, or of any bytes

Usage: polytok binary VERB [options] INPUT…

Verbs:
  fit      Train a vocabulary
  encode   Turn files into tokens
  decode   Turn tokens back into files
  eval     Compare tokenizers on files
  inspect  Show a file by its sections and tokens

More on a verb: polytok binary VERB --help
`);
});

test('a verb explains its options and shows examples', async () => {
  const { code, stdout } = await cli(['binary', 'decode', 'x', '--help'], here);
  expect(code).toBe(0);
  expect(stdout).toBe(`polytok binary decode: Turn tokens back into files.

Usage: polytok binary decode [options] --out PATH INPUT…

Inputs are token files, folders of them, quoted patterns, or - for standard input. One token
file of one source becomes one file, unless --out is a folder that exists or ends in a slash;
everything else becomes a folder with the paths of the sources, none of which leads out of it.
Tokens of another vocabulary are refused where the format says which it was.

Options:
  -t, --tokenizer NAME|FILE  A shipped vocabulary (4k, 8k, 16k, 32k, 64k; default 32k), or a
                             tokenizer.json or polytok.json file
  -o, --out PATH             A folder, a file for the tokens of a single source, or - for
                             standard output
  -f, --format FORMAT        parquet, jsonl, npy, u16 or u32. Default: by the name of each input
  --lenient                  Leave out special tokens and ids outside the vocabulary instead of
                             failing
  --json                     Print the result as JSON on standard output
  -q, --quiet                Print failures and warnings alone
  --progress                 Show progress although standard error is no terminal
  -h, --help                 Show this text

Examples:
  # Restore a folder from its shards
  polytok binary decode tokens/ --out restored/
  # Restore one file
  polytok binary decode app.u32 --out app.exe
  # Decode a stream
  polytok binary decode - -f u16 --out - < ids > app.exe
`);
});

test.each(Object.keys(MODALITIES.binary.verbs))(
  'the help of %s keeps within 96 columns and names itself',
  async (verb) => {
    const { stdout } = await cli(['binary', verb, '--help'], here);
    expect(stdout).toContain(`Usage: polytok binary ${verb} `);
    expect(stdout.split('\n').filter((line) => line.length > 96)).toEqual([]);
  },
);

describe('wrong usage exits with 2 and says what would be right', () => {
  test.each([
    [[], 'A modality is missing; there are: action, binary, image, speech. See: polytok --help'],
    [['smell'], "'smell' is no modality; there are: action, binary, image, speech. See: polytok --help"],
    [
      ['binary'],
      'A verb of binary is missing; there are: fit, encode, decode, eval, inspect. See: polytok binary --help',
    ],
    [
      ['binary', 'toString'],
      "'toString' is no verb of binary; there are: fit, encode, decode, eval, inspect. See: polytok binary --help",
    ],
    [
      ['binary', 'encode', '--out', 'x'],
      'An input is missing; name files, folders or patterns, or - for standard input.',
    ],
    [['binary', 'encode', 'x'], '--out is missing; say where the result goes.'],
    [['binary', 'encode', '--frob', 'x'], "Unknown option '--frob'."],
    [['binary', 'encode', '-', '--out', '-', '--json'], '--json and --out - both want standard output.'],
    [
      ['binary', 'encode', '-', '--out', 'folder'],
      'Standard input has no name to record; write it to a file such as --out tokens.u32, or to -.',
    ],
    [
      ['binary', 'encode', '-', '--out', 'x', '--shard-size', '3 apples'],
      "--shard-size is a number of files such as 500, or bytes such as 64MB; got '3 apples'.",
    ],
    [['binary', 'fit', 'x', '--out', 't.json', '--hybrid', '5'], '--hybrid has no effect without --parity.'],
    [
      ['binary', 'fit', 'x', '--out', 't.json', '--vocab-size', '10'],
      "--vocab-size is a whole number from 263 on; got '10'.",
    ],
    [['binary', 'inspect', 'a', 'b'], 'One file is inspected at a time; got 2.'],
    [['binary', 'eval', '-', '--alpha', 'x'], "--alpha is a number above 0; got 'x'."],
    [['binary', 'eval', '-', '-t', '4k', '-t', '4k'], '--tokenizer 4k stands twice; name each once.'],
  ])('polytok %j', async (argv, message) => {
    expect(await cli(argv, { cwd: scratchFolder() })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `polytok: INVALID_ARGUMENT: ${message}\n`,
    });
  });

  test('inputs that match nothing, each with its reason', async () => {
    const folder = scratchFolder();
    expect(await cli(['binary', 'encode', 'none', '*.exe', '--out', 'x'], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: [
        "polytok: IO: none: Cannot read 'none': it does not exist. Check the path.",
        "polytok: IO: *.exe: No file matches '*.exe'. Check the pattern, and quote it for the shell.",
        'polytok: INVALID_ARGUMENT: No input is left to work on.\n',
      ].join('\n'),
    });
  });

  test('a tokenizer that is not shipped', async () => {
    expect(await cli(['binary', 'encode', '-', '-t', '5k', '--out', '-'], here)).toMatchObject({
      code: 2,
      stderr:
        "polytok: UNKNOWN_NAME: There is no shipped vocabulary '5k'; there are 4k, 8k, 16k, 32k, 64k.\n",
    });
  });
});

test('messages show control characters of names instead of obeying them', async () => {
  const { stderr } = await cli(['binary', 'inspect', 'a\x1b[2Jb'], { cwd: scratchFolder() });
  expect(stderr).toBe("polytok: IO: Cannot read 'a\\x1b[2Jb': it does not exist. Check the path.\n");
});

test('a fault of polytok itself prints its stack and exits with 70', async () => {
  let stderr = '';
  const collect = new Writable({
    write(chunk, _encoding, done) {
      stderr += chunk;
      done();
    },
  });
  const broken = {
    write: () => {
      throw new TypeError('out of cheese');
    },
  };
  const io = {
    stdin: process.stdin,
    stdout: broken as never,
    stderr: collect,
    env: {},
    signal: new AbortController().signal,
  };
  expect(await runCli(['--help'], io)).toBe(70);
  expect(stderr).toMatch(/^polytok: unexpected error; .*\nTypeError: out of cheese\n +at /);
});

test('an aborted command exits with 130 and leaves no file', async () => {
  const folder = scratchFolder();
  await writeFiles(folder, { 'tokenizer.json': tinyTokenizerJson(), a: 'abab' });
  const argv = ['binary', 'encode', 'a', '-t', 'tokenizer.json', '--out', 'a.u16'];
  const { code, stderr } = await cli(argv, { cwd: folder, signal: AbortSignal.abort() });
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: 'polytok: ABORTED: Listing inputs was aborted by its caller.\n',
  });
});
