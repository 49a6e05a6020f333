import { beforeEach, describe, expect, test } from 'vitest';
import { type CliOptions, cli, scratchFolder, writeFiles } from '../cli.test-helper.js';
import { tinyElf, tinyTokenizerJson } from '../samples.test-helper.js';

let folder: string;

beforeEach(async () => {
  folder = scratchFolder();
  await writeFiles(folder, { 'tokenizer.json': tinyTokenizerJson(), 'tiny.elf': tinyElf() });
});

const inspect = (argv: readonly string[], options: Partial<CliOptions> = {}) =>
  cli(['binary', 'inspect', '-t', 'tokenizer.json', ...argv], { cwd: folder, ...options });

test('shows header facts, the sections, and the bytes with | where tokens start', async () => {
  const { code, stdout, stderr } = await inspect(['tiny.elf', '--length', '112']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(String.raw`tiny.elf
  format      ELF x64, 64 bits, little-endian, executable
  size        384 bytes
  entry       0x401000
  tokens      178, 2.157 bytes each
  vocabulary  261 tokens, borders: file

section     offset  size   address  perm  entropy  tokens  bytes/token
.text         0x40    16  0x401000  r-x      1.92      16        1.000
.e\x1b[31m    0x50    16       0x0  ---      1.76      10        1.600
.shstrtab     0x60    32       0x0  ---      3.29      25        1.280

header
00000000 |7f|45|4c|46|02|01|01|00 00 00 00|00 00 00 00|00  .ELF............
00000010 |02|00|3e|00|01|00 00 00 00|10|40|00 00 00 00|00  ..>.......@.....
00000020  00 00 00|00 00 00 00|00|80|00 00 00 00|00 00 00  ................
00000030  00|00 00|00|40|00 00 00 00|00|40|00|04|00|03|00  ....@.....@.....
section .text  r-x
00000040 |55|48|89|e5|5d|c3|90|90|90|90|90|90|90|90|90|90  UH..]...........  0x401000
section .e\x1b[31m  ---
00000050 |61 62|61 62|20|61 62|20|61 62|61 62|20|61 62|21  abab ab abab ab!
section .shstrtab  ---
00000060 |00|2e|74|65|78|74|00|2e|65|1b|5b|33|31|6d|00|2e  ..text..e.[31m..
`);
});

test('on a terminal tokens alternate in colour', async () => {
  const { stdout } = await inspect(['tiny.elf', '--offset', '0x50', '--length', '5'], { isTTY: true });
  const paint = (color: number) => (text: string) => `\x1b[38;5;${color}m${text}\x1b[0m`;
  const [first, second, third] = [178, 73, 33].map(paint);
  const hex = [first('61'), first('62'), second('61'), second('62'), third('20')].join(' ');
  const characters = [first('a'), first('b'), second('a'), second('b'), third(' ')].join('');
  expect(stdout.split('\n').at(-2)).toBe(`00000050  ${hex}${' '.repeat(33)}  ${characters}`);
});

test.each([
  ['--no-color', { isTTY: true }, ['--no-color']],
  ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, []],
  ['anything but a terminal', { isTTY: false }, []],
])('%s means no colour', async (_name, options, argv) => {
  const { stdout } = await inspect(['tiny.elf', ...argv], options);
  expect(stdout).not.toContain('\x1b');
  expect(stdout).toContain('|7f|45');
});

test('--section shows a section, --offset counts from its start', async () => {
  const { stdout } = await inspect(['tiny.elf', '--section', '.text', '--offset', '4', '--length', '100']);
  expect(stdout.split('\n\n')[2]).toBe(
    'section .text  r-x\n00000044             |5d|c3|90|90|90|90|90|90|90|90|90|90      ]...........  0x401004\n',
  );
});

test('--limit cuts the list of sections, --length 0 leaves the bytes out', async () => {
  const { stdout } = await inspect(['tiny.elf', '--limit', '1', '--length', '0']);
  expect(stdout.split('\n\n')[1]).toBe(
    [
      'section  offset  size   address  perm  entropy  tokens  bytes/token',
      '.text      0x40    16  0x401000  r-x      1.92      16        1.000',
      '… 2 more; see --limit\n',
    ].join('\n'),
  );
});

test('a section of high entropy is marked as packed', async () => {
  const bytes = new Uint8Array(384 + 4096);
  bytes.set(tinyElf());
  for (let k = 0; k < 4096; k++) bytes[384 + k] = (k * 167 + (k >> 8) * 13) & 0xff;
  new DataView(bytes.buffer).setBigUint64(192 + 24, 384n, true); // .text moves to the new bytes
  new DataView(bytes.buffer).setBigUint64(192 + 32, 4096n, true);
  await writeFiles(folder, { packed: bytes });
  const { stdout } = await inspect(['packed', '--length', '0']);
  expect(stdout).toMatch(/\.text {2,}0x180 {2}4,096 {2}0x401000 {2}r-x {6}8\.00 .* packed\n/);
});

test('--json gives all facts and the tokens of the range', async () => {
  const { stdout } = await inspect(['tiny.elf', '--json', '--offset', '79', '--length', '2']);
  const facts = JSON.parse(stdout);
  expect(facts).toMatchObject({
    file: 'tiny.elf',
    size: 384,
    format: 'ELF',
    architecture: 'x64',
    entry: '0x401000',
    tokens: 178,
    range: {
      offset: 79,
      length: 2,
      tokens: [
        { id: 146, offset: 79, size: 1, region: '.text', address: '0x40100f' },
        { id: 259, offset: 80, size: 2, region: '.e\\x1b[31m' },
      ],
    },
  });
  expect(facts.sections[0]).toEqual({
    name: '.text',
    offset: 64,
    size: 16,
    address: '0x401000',
    memorySize: '0x10',
    permissions: { read: true, write: false, execute: true },
    isCode: true,
    entropy: expect.closeTo(1.924, 3),
    packed: false,
    tokens: 16,
    bytesPerToken: 1,
  });
});

describe('files of no format', () => {
  test('have no sections', async () => {
    const { stdout } = await inspect(['-'], { stdin: Buffer.from('abc\x1b') });
    expect(stdout).toBe(`-
  format      none of ELF, PE and Mach-O
  size        4 bytes
  tokens      3, 1.333 bytes each
  vocabulary  261 tokens, borders: file

gap
00000000 |61 62|63|1b                                      abc.
`);
  });

  test('may be empty', async () => {
    const { code, stdout } = await inspect(['-']);
    expect(code).toBe(0);
    expect(stdout).toContain('  tokens      0\n');
  });
});

test.each([
  [
    ['tiny.elf', '--section', '.bss'],
    2,
    "UNKNOWN_NAME: There is no section '.bss'; there are: .text, .e\\x1b[31m, .shstrtab.",
  ],
  [
    ['tiny.elf', '--offset', '385'],
    2,
    'INVALID_ARGUMENT: --offset 385 is behind the end; there are 384 bytes.',
  ],
  [['.'], 1, "IO: Cannot read '.': it is a folder. Name a file."],
])('%j is refused', async (argv, code, message) => {
  expect(await inspect(argv)).toMatchObject({ code, stdout: '', stderr: `polytok: ${message}\n` });
});
