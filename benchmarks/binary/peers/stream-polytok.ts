/** Streams executables through a `BpeStream`: `node stream-polytok.mjs <tokenizer.json>`. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';

/** Streams the files in turn, over again, until `bytes` have been read. */
export interface StreamRequest {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly pieceBytes: number;
  /** Also encode it all at once and compare. */
  readonly check: boolean;
}

export interface StreamReply {
  readonly seconds: number;
  readonly tokens: number;
  /** Longest time that one `push` took, reading not counted. */
  readonly longestPushSeconds: number;
  readonly equal?: boolean;
}

const start = performance.now();
const model = new BpeModel(parseTokenizerJson(readFileSync(process.argv[2])));
say({ version: 'source', loadSeconds: (performance.now() - start) / 1000 });
for await (const line of createInterface({ input: process.stdin })) say(run(JSON.parse(line)));

function run({ check, ...request }: StreamRequest): StreamReply {
  const stream = model.stream();
  const kept: { bytes: Uint8Array[]; ids: number[] } = { bytes: [], ids: [] };
  let tokens = 0;
  let longestPushSeconds = 0;
  const start = performance.now();
  for (const piece of pieces(request)) {
    const before = performance.now();
    const ids = stream.push(piece);
    longestPushSeconds = Math.max(longestPushSeconds, (performance.now() - before) / 1000);
    tokens += ids.length;
    if (!check) continue;
    kept.bytes.push(piece.slice());
    for (const id of ids) kept.ids.push(id);
  }
  const rest = stream.finish();
  tokens += rest.length;
  const seconds = (performance.now() - start) / 1000;
  if (!check) return { seconds, tokens, longestPushSeconds };
  kept.ids.push(...rest);
  const whole = model.encode(Buffer.concat(kept.bytes));
  const equal = whole.length === kept.ids.length && whole.every((id, k) => id === kept.ids[k]);
  return { seconds, tokens, longestPushSeconds, equal };
}

function* pieces({ files, bytes, pieceBytes }: Omit<StreamRequest, 'check'>): Generator<Uint8Array> {
  const buffer = new Uint8Array(pieceBytes);
  let left = bytes;
  for (let k = 0; left > 0; k++) {
    const handle = openSync(files[k % files.length], 'r');
    for (let read = 1; read > 0 && left > 0; left -= read) {
      read = readSync(handle, buffer, 0, Math.min(buffer.length, left), null);
      if (read > 0) yield buffer.subarray(0, read);
    }
    closeSync(handle);
  }
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
