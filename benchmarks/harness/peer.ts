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
    const peer = new Peer(spec);
    peer.ready = await peer.#answer<PeerReady>();
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

/** Starts those peers whose program is installed and names the others. */
export async function startAvailable(specs: readonly PeerSpec[], setup: string): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const spec of specs) {
    const missing = spec.command.find((part) => path.isAbsolute(part) && !existsSync(part));
    if (missing) console.log(`NOT MEASURED: ${spec.name} (${missing} is missing; run ${setup})`);
    else peers.push(await Peer.start(spec));
  }
  return peers;
}
