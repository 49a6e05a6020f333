import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { EncodeReply, EncodeRequest } from './protocol.js';

/** One way to encode, in three steps of which only the middle one is timed. */
export interface Method<Input = unknown, Output = unknown> {
  /** Brings pieces into the form that the encoder takes. */
  prepare(pieces: Uint8Array[]): Input;
  encode(input: Input): Output | Promise<Output>;
  /** Ids of each piece, or of all in one. */
  ids(output: Output): ArrayLike<number>[];
}

/** Says that the peer is ready and answers encode requests until standard input ends. */
export async function serve(
  version: string,
  load: () => Record<string, Method> | Promise<Record<string, Method>>,
): Promise<void> {
  const start = performance.now();
  const methods = await load();
  answer({ version, loadSeconds: secondsSince(start) });
  for await (const line of createInterface({ input: process.stdin })) {
    const request: EncodeRequest = JSON.parse(line);
    answer(await run(methods[request.method], request));
  }
}

async function run(method: Method, request: EncodeRequest): Promise<EncodeReply> {
  const bytes = new Uint8Array(readFileSync(request.file)).subarray(request.start ?? 0, request.end);
  const input = method.prepare(cut(bytes, request.piece));
  const start = performance.now();
  const output = await method.encode(input);
  const seconds = secondsSince(start);
  const pieces = method.ids(output);
  const tokens = pieces.reduce((sum, ids) => sum + ids.length, 0);
  if (request.idsTo) {
    const all = new Uint32Array(tokens);
    let at = 0;
    for (const ids of pieces) {
      all.set(ids, at);
      at += ids.length;
    }
    writeFileSync(request.idsTo, new Uint8Array(all.buffer));
  }
  return { seconds, tokens };
}

function cut(bytes: Uint8Array, piece: number): Uint8Array[] {
  if (piece === 0) return [bytes];
  return Array.from({ length: Math.ceil(bytes.length / piece) }, (_, k) =>
    bytes.subarray(k * piece, (k + 1) * piece),
  );
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
