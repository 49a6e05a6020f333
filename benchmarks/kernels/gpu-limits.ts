import type { Peer } from '../harness/peer.js';
import type { KernelRequest, LimitTask, RunReply } from './peers/protocol.js';

/** What a GPU does at most, as PyTorch reaches it. */
export interface GpuLimits {
  /** Float32 operations a second. */
  readonly arithmetic: number;
  /** Bytes a second, of its own memory, read and written. */
  readonly memory: number;
  /** Bytes a second from the host's memory, and to it. */
  readonly upload: number;
  readonly download: number;
}

/** What an operation has to do at least. */
export interface Work {
  readonly flops: number;
  /** Bytes of operands on the GPU, each read once. */
  readonly operandBytes: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

const RUNS = 5;

export async function measureLimits(peer: Peer, quick: boolean): Promise<GpuLimits> {
  const side = quick ? 512 : 8192;
  const values = quick ? 2 ** 20 : 2 ** 27;
  const fastest = async (method: LimitTask['method'], size: number) => {
    const ask = <Reply>(request: KernelRequest) => peer.ask<Reply>(request);
    await ask({ do: 'prepare', key: method, task: { operation: 'limit', method, size } });
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      best = Math.min(best, (await ask<RunReply>({ do: 'run', key: method, calls: 1 })).seconds);
    }
    await ask({ do: 'forget', key: method });
    return best;
  };
  return {
    arithmetic: (2 * side ** 3) / (await fastest('arithmetic', side)),
    memory: (8 * values) / (await fastest('memory', values)),
    upload: (4 * values) / (await fastest('upload', values)),
    download: (4 * values) / (await fastest('download', values)),
  };
}

/** Least seconds of a call: rows up and results down, and between them what takes longer, arithmetic or memory. */
export function leastSeconds({ arithmetic, memory, upload, download }: GpuLimits, work: Work) {
  const { flops, operandBytes, inBytes, outBytes } = work;
  const computing = Math.max(flops / arithmetic, (operandBytes + inBytes + outBytes) / memory);
  return { computing, withTransfers: computing + inBytes / upload + outBytes / download };
}
