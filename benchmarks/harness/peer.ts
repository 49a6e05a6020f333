import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { peakMiB } from './peak-memory.js';

/** How to start one measured program. */
export interface PeerSpec {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a peer says first. */
export interface PeerReady {
  readonly version: string;
  /** Time to read and build its tables. */
  readonly loadSeconds: number;
}

/**
 * A measured program in a process of its own: it reads one JSON request per line and answers each with one JSON
 * line, timing inside itself what it is asked to do. Idle between requests, so that runs of several peers can be
 * interleaved.
 */
export class Peer {
  readonly name: string;
  ready!: PeerReady;
  /** From starting the process to its first word. */
  startSeconds = 0;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor({ name, command, env }: PeerSpec) {
    this.name = name;
    const [program, ...args] = command;
    this.#process = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process.stdin.on('error', () => {}); // a dead peer shows where its answer is missing
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error when it ends before it is ready */
  static async start(spec: PeerSpec): Promise<Peer> {
    const start = performance.now();
    const peer = new Peer(spec);
    peer.ready = await peer.#answer<PeerReady>();
    peer.startSeconds = (performance.now() - start) / 1000;
    return peer;
  }

  /** @throws Error when the peer ends instead of answering */
  async ask<Reply>(request: object): Promise<Reply> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#answer<Reply>();
  }

  /** Largest resident size so far, in MiB. */
  peakMiB(): number | undefined {
    return peakMiB(this.#process.pid!);
  }

  stop(): void {
    this.#process.stdin.end();
    this.#process.kill();
  }

  async #answer<Reply>(): Promise<Reply> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} ended without an answer; its own message stands above.`);
    return JSON.parse(value) as Reply;
  }
}

/** Those peers whose program is installed; names the others. @param setup the command that installs them */
export function availablePeers(specs: readonly PeerSpec[], setup: string): PeerSpec[] {
  return specs.filter(({ name, command }) => {
    const missing = command.find((part) => path.isAbsolute(part) && !existsSync(part));
    if (missing) console.log(`NOT MEASURED: ${name} (${missing} is missing; run ${setup})`);
    return !missing;
  });
}

/** Starts all of {@link availablePeers}. */
export async function startAvailable(specs: readonly PeerSpec[], setup: string): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const spec of availablePeers(specs, setup)) peers.push(await Peer.start(spec));
  return peers;
}
