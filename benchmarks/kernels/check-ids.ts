import type { Verdict } from './compare.js';
import type { NearestTask } from './peers/protocol.js';
import { readFloats } from './peers/serve.js';

/** How two choices of codes compare. */
export interface IdCheck {
  /** Rows with another id. */
  readonly different: number;
  /**
   * Of those, the rows where the two codes' scores in float64 are further apart than {@link ROUNDING} times the
   * length of row and code: there one of the two is wrong.
   */
  readonly wrong: number;
}

/** What float32 sums of 512 products may be off, relative to the lengths of both factors. */
const ROUNDING = 4e-6;

export function checkIds(task: NearestTask, expected: Uint32Array, actual: Uint32Array): IdCheck {
  if (actual.length !== expected.length) return { different: expected.length, wrong: expected.length };
  const { dimensions, metric } = task;
  const codes = readFloats(task.codes);
  const vectors = readFloats(task.vectors);
  const rowOf = (values: Float32Array, row: number) =>
    values.subarray(row * dimensions, (row + 1) * dimensions);
  let different = 0;
  let wrong = 0;
  for (let row = 0; row < expected.length; row++) {
    if (actual[row] === expected[row]) continue;
    different++;
    const vector = rowOf(vectors, row);
    const [one, other] = [expected[row], actual[row]].map((id) => rowOf(codes, id));
    const score = (code: Float32Array) =>
      dot(vector, code) - (metric === 'euclidean' ? dot(code, code) / 2 : 0);
    const longest = Math.sqrt(Math.max(dot(one, one), dot(other, other)));
    const size = longest * (Math.sqrt(dot(vector, vector)) + longest);
    if (Math.abs(score(one) - score(other)) > ROUNDING * size) wrong++;
  }
  return { different, wrong };
}

/** Compares ids with those that came first. */
export function idCheck(task: NearestTask): (result: ArrayBuffer) => Verdict {
  let expected: Uint32Array | undefined;
  return (result) => {
    const ids = new Uint32Array(result);
    expected ??= ids;
    const { different, wrong } = checkIds(task, expected, ids);
    const right = wrong === 0;
    return {
      right,
      words: `${different} of ${expected.length} ids differ${right ? '' : `, ${wrong} beyond rounding`}`,
    };
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
