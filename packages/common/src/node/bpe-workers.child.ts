/** For tests: encodes with worker threads, prints the number of tokens, and ends without closing them. */
import { BpeModel } from '../bpe/bpe-model.js';
import { BpeWorkers } from './bpe-workers.js';

const table = { alphabetSize: 256, left: Uint32Array.of(0), right: Uint32Array.of(0) };
const workers = new BpeWorkers(new BpeModel({ table }), {
  workers: 2,
  minSegmentBytes: 1000,
  overlapBytes: 64,
});
const ids = await workers.encode(new Uint8Array(10_001));
console.log(ids.length);
