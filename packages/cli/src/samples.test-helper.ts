import { BinaryTokenizer } from '@polytok/binary';
import { BpeModel, specialsFirstLayout } from '@polytok/common/bpe';

/**
 * For tests: a tokenizer.json with the special tokens `<s>` 0 and `</s>` 1, byte b at id b + 2, and three merges:
 * 258 `00 00`, 259 `ab`, 260 `00 00 00 00`.
 */
export function tinyTokenizerJson(): string {
  return tinyTokenizer().toTokenizerJson();
}

export function tinyTokenizer(): BinaryTokenizer {
  const table = { alphabetSize: 256, left: Uint32Array.of(0, 97, 256), right: Uint32Array.of(0, 98, 256) };
  return new BinaryTokenizer({
    model: new BpeModel({ table, layout: specialsFirstLayout(table, ['<s>', '</s>']) }),
  });
}

/** For tests: a name with an escape sequence that would colour a terminal. */
export const HOSTILE_NAME = '.e\x1b[31m';

/**
 * For tests: a little-endian ELF64 file for x64 of 384 bytes: header, `.text` (16 bytes at 64, address 0x401000),
 * {@link HOSTILE_NAME} (16 bytes at 80, not loaded), `.shstrtab` (32 bytes at 96), section headers (256 bytes at 128).
 */
export function tinyElf(): Uint8Array {
  const bytes = new Uint8Array(384);
  const view = new DataView(bytes.buffer);
  const names = `\0.text\0${HOSTILE_NAME}\0.shstrtab\0`;
  const text = (offset: number, content: string) => bytes.set(new TextEncoder().encode(content), offset);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // executable
  view.setUint16(18, 62, true); // x64
  view.setUint32(20, 1, true);
  view.setBigUint64(24, 0x401000n, true); // entry
  view.setBigUint64(40, 128n, true); // section headers
  view.setUint16(52, 64, true);
  view.setUint16(58, 64, true); // bytes of a section header
  view.setUint16(60, 4, true);
  view.setUint16(62, 3, true);
  bytes.set([0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3], 64); // push rbp; mov rbp, rsp; pop rbp; ret
  bytes.fill(0x90, 70, 80);
  text(80, 'abab ab abab ab!');
  text(96, names);
  const section = (
    index: number,
    name: string,
    type: number,
    flags: number,
    address: number,
    range: number[],
  ) => {
    const at = 128 + 64 * index;
    view.setUint32(at, names.indexOf(name), true);
    view.setUint32(at + 4, type, true);
    view.setBigUint64(at + 8, BigInt(flags), true);
    view.setBigUint64(at + 16, BigInt(address), true);
    view.setBigUint64(at + 24, BigInt(range[0]), true);
    view.setBigUint64(at + 32, BigInt(range[1]), true);
  };
  section(1, '.text', 1, 6, 0x401000, [64, 16]);
  section(2, HOSTILE_NAME, 1, 0, 0, [80, 16]);
  section(3, '.shstrtab', 3, 0, 0, [96, 32]);
  return bytes;
}
