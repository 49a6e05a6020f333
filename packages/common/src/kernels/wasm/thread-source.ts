import type { KernelExports } from './kernels-module.js';

/**
 * Words that caller and threads share, by their place in an `Int32Array`.
 *
 * The caller writes a job, opens the door and counts `job` up. A thread that wakes signs in (`inside`), looks
 * whether the door is open, claims chunks while there are any, and signs out. When no chunk is left the caller shuts
 * the door and waits until nobody is inside. So a thread that sleeps through a job is not waited for, and none
 * reads a job that is being written: either it sees the door shut, or the caller sees it inside.
 */
export const CONTROL = {
  job: 0,
  open: 1,
  inside: 2,
  /** 1 when a thread failed inside a job. */
  failed: 3,
  /** First chunk that nobody has claimed. */
  next: 4,
  items: 5,
  step: 6,
  operation: 7,
  scratch: 8,
  scratchBytes: 9,
  /** First of six words. */
  words: 10,
  length: 16,
} as const;

/** What a thread is started with. All of it can be posted to a worker. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  readonly layout: typeof CONTROL;
  readonly operations: readonly (keyof KernelExports)[];
  /** Which thread it is, from 1; the caller is 0. */
  readonly index: number;
  /** Looks at `job` before it sleeps. */
  readonly spins: number;
}

/** Does chunks of the job until none is left. */
export function claimChunks(
  wasm: KernelExports,
  control: Int32Array,
  { layout, operations, index }: Pick<ThreadData, 'layout' | 'operations' | 'index'>,
): void {
  const work = wasm[operations[control[layout.operation]]];
  const items = control[layout.items];
  const step = control[layout.step];
  const scratch = control[layout.scratch] + index * control[layout.scratchBytes];
  const [a, b, c, d, e, f] = control.subarray(layout.words, layout.words + 6);
  for (;;) {
    const from = Atomics.add(control, layout.next, 1) * step;
    if (from >= items) return;
    work(a, b, c, d, e, f, scratch, from, Math.min(items, from + step));
  }
}

/** Body of a thread. It runs from its source text, so it uses nothing but its arguments. Never returns. */
function runThread(claim: typeof claimChunks, data: ThreadData, ready: () => void): void {
  const { module, memory, control, layout, spins } = data;
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  let seen = Atomics.load(control, layout.job);
  ready();
  for (;;) {
    for (let spin = 0; spin < spins && Atomics.load(control, layout.job) === seen; spin++);
    Atomics.wait(control, layout.job, seen);
    seen = Atomics.load(control, layout.job);
    Atomics.add(control, layout.inside, 1);
    try {
      if (Atomics.load(control, layout.open) === 1) claim(wasm, control, data);
    } catch (cause) {
      Atomics.store(control, layout.failed, 1);
      throw cause;
    } finally {
      Atomics.sub(control, layout.inside, 1);
      Atomics.notify(control, layout.inside);
    }
  }
}

/**
 * Text of a function of {@link ThreadData} and of a function to call when it has started: the package then needs no
 * second file that a bundler could lose. `__name` is what some TypeScript runners wrap functions in.
 */
export const threadSource = `((data, ready) => { const __name = (f) => f; (${runThread})(${claimChunks}, data, ready); })`;
