/** Trains with polytok on request: `node train-polytok.mjs`. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BpeModel, trainBpe } from '@polytok/common/bpe';
import type { TrainReply, TrainRequest } from './train-protocol.js';

say({ version: 'source', loadSeconds: 0 });
for await (const line of createInterface({ input: process.stdin })) say(await train(JSON.parse(line)));

async function train(request: TrainRequest): Promise<TrainReply> {
  const { files, piece, vocabularySize, minCount, maxTokenBytes } = request;
  const sequences = files.map((file) => {
    const symbols = new Uint8Array(readFileSync(file));
    const cuts = piece === 0 ? 0 : Math.ceil(symbols.length / piece) - 1;
    return { symbols, borders: Float64Array.from({ length: cuts }, (_, k) => (k + 1) * piece) };
  });
  const start = performance.now();
  const { table } = await trainBpe(sequences, { vocabularySize, minCount, maxTokenSymbols: maxTokenBytes });
  const seconds = (performance.now() - start) / 1000;
  const model = new BpeModel({ table });
  const tokens = Array.from({ length: table.left.length }, (_, k) =>
    Buffer.from(Uint8Array.from(model.token(256 + k))).toString('hex'),
  );
  return { seconds, tokens };
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
