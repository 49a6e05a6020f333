import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { KernelRequest, Task } from './protocol.js';

/** A task whose operands are ready. */
export interface Prepared {
  run(): void | Promise<void>;
  /** What the last run found. */
  result(): Uint32Array | Float32Array;
  /** Gives back what garbage collection does not. */
  free?(): void;
}

export type Prepare<Kind extends Task['operation']> = (
  task: Extract<Task, { operation: Kind }>,
) => Prepared | Promise<Prepared>;

/** What a peer can do. */
export type Operations = { readonly [Kind in Task['operation']]?: Prepare<Kind> };

/** Says that the peer is ready and answers requests until standard input ends. */
export async function serve(version: string, load: () => Operations | Promise<Operations>): Promise<void> {
  const start = performance.now();
  const operations = await load();
  answer({ version, loadSeconds: secondsSince(start) });
  const tasks = new Map<string, Prepared>();
  for await (const line of createInterface({ input: process.stdin })) {
    answer(await respond(JSON.parse(line), operations, tasks));
  }
}

async function respond(
  request: KernelRequest,
  operations: Operations,
  tasks: Map<string, Prepared>,
): Promise<object> {
  if (request.do === 'prepare') {
    const prepare = operations[request.task.operation] as (task: Task) => Promise<Prepared>;
    tasks.set(request.key, await prepare(request.task));
    return {};
  }
  const task = tasks.get(request.key)!;
  if (request.do === 'forget') {
    tasks.delete(request.key);
    task.free?.();
    return {};
  }
  if (request.do === 'result') {
    const { buffer, byteOffset, byteLength } = task.result();
    writeFileSync(request.to, new Uint8Array(buffer, byteOffset, byteLength));
    return {};
  }
  if (request.warm ?? true) await task.run();
  const start = performance.now();
  for (let call = 0; call < request.calls; call++) await task.run();
  return { seconds: secondsSince(start) / request.calls };
}

export function readFloats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
