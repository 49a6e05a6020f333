/**
 * The WebGPU kernels beside PyTorch on the same GPU, and beside what that GPU can do at most. It needs a GPU in hardware
 * with a driver for Vulkan, Metal or Direct3D 12, and a PyTorch that can use it (CUDA or MPS); it says which is missing.
 * `--quick` only shows that everything works: it takes a GPU in software and PyTorch on the CPU where there is nothing else.
 *
 *   npx tsx --conditions=@polytok/source kernels/gpu.ts [--quick] [--wait seconds]
 */
import { benchmarkOptions } from '../harness/options.js';
import { availablePeers, Peer } from '../harness/peer.js';
import { table } from '../harness/table.js';
import { idCheck } from './check-ids.js';
import { compare, milliseconds, type Timing, type Verdict } from './compare.js';
import { type GpuLimits, leastSeconds, measureLimits, type Work } from './gpu-limits.js';
import { normalFile } from './inputs.js';
import { SETUP } from './paths.js';
import type { NearestTask, Task } from './peers/protocol.js';
import { type PeerName, peerSpecs } from './peers.js';
import { Report } from './report.js';

/** What WebGPU calls a GPU that is a program. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic-render|warp/i;
const WEBGPU = 'polytok, WebGPU';
const PYTORCH = 'PyTorch, GPU';
/** What float32 may be off in a sum of some thousand products of normal numbers. */
const TOLERANCE = 2e-3;
/** Share of ids that a projection within float32's rounding of 0 may change. */
const NEAR_ZERO = 1e-3;

interface Case {
  readonly title: string;
  readonly task: Task;
  readonly method: string;
  readonly work: Work;
  readonly check: (result: ArrayBuffer) => Verdict;
}

const { quick, waitSeconds } = benchmarkOptions();
const report = new Report('gpu');
const peers = new Map<string, Peer>();
try {
  for (const name of ['polytok', WEBGPU, PYTORCH] satisfies PeerName[]) await start(name);
  const missing = whatIsMissing();
  for (const thing of missing) console.log(`${quick ? 'STAND-IN' : 'NOT MEASURED'}: ${thing}`);
  if (peers.has(WEBGPU) && (quick || missing.length === 0)) await measure();
  else console.log('No figures: this benchmark compares both on one GPU. README.md says what it needs.');
} finally {
  for (const peer of peers.values()) peer.stop();
}

async function start(name: PeerName): Promise<void> {
  for (const spec of availablePeers(await peerSpecs([name]), SETUP)) {
    try {
      peers.set(name, await Peer.start(spec));
    } catch (error) {
      console.log(`NOT MEASURED: ${name}: ${(error as Error).message}`);
    }
  }
}

/** Why the figures of this machine would not be those of a GPU. */
function whatIsMissing(): string[] {
  const gpu = peers.get(WEBGPU)?.ready.version;
  const torch = peers.get(PYTORCH)?.ready.version;
  const reasons = [];
  if (gpu === undefined) reasons.push('there is no GPU for WebGPU here');
  else if (SOFTWARE.test(gpu)) reasons.push(`the only GPU for WebGPU is a program, ${gpu}`);
  if (torch === undefined) reasons.push('there is no PyTorch here');
  else if (torch.endsWith(' on cpu')) reasons.push(`PyTorch ${torch.replace(' on cpu', '')} finds no GPU`);
  return reasons;
}

async function measure(): Promise<void> {
  const torch = peers.get(PYTORCH);
  const limits = torch && (await measureLimits(torch, quick));
  report.say(`WebGPU: ${peers.get(WEBGPU)!.ready.version}; PyTorch: ${torch?.ready.version ?? 'none'}.`);
  if (limits) report.say(table(['at most, as PyTorch reaches it', ''], limitRows(limits)));
  const figures = [];
  for (const { title, task, method, work, check } of cases()) {
    console.log(`\n## ${title}\n`);
    const timings = await compare({
      contenders: [...peers.values()].flatMap((peer) =>
        (peer === torch ? [`${method}, moved`, method] : [method]).map((way) => ({
          label: peer === torch ? `PyTorch${way.endsWith('moved') ? '' : ', arrays on the GPU'}` : peer.name,
          peer,
          task: { ...task, method: way } as Task,
        })),
      ),
      check,
      runs: quick ? 2 : 9,
      waitSeconds,
    });
    report.say(`${title}:`);
    report.say(table(['', 'ms (min - max)', 'GF/s', 'share of the limit'], rows(timings, work, limits)));
    figures.push({ title, timings });
  }
  report.finish({ quick, limits, cases: figures });
}

function cases(): Case[] {
  const rows = quick ? 256 : 16_384;
  const count = quick ? 1024 : 16_384;
  const nearest = ([dimensions, metric]: readonly [number, NearestTask['metric']]): Case => {
    const unit = metric === 'cosine';
    const task: NearestTask = {
      ...{ operation: 'nearest', method: '', metric, dimensions },
      codes: normalFile({ rows: count, dimensions, seed: 1, unit }),
      vectors: normalFile({ rows, dimensions, seed: 2, unit }),
    };
    return {
      title: `nearest of ${count} codes, d = ${dimensions}, ${metric}, ${rows} rows`,
      task,
      method: 'matmul',
      work: workOf({ rows, inner: dimensions, columns: count, outValues: rows }),
      check: idCheck(task),
    };
  };
  const inner = quick ? 128 : 4096;
  const frames = quick ? 100 : 24_000;
  const [voters, bits, dimensions] = [5, 13, quick ? 64 : 1280];
  const columns = voters * bits;
  return [
    ...(
      [
        [8, 'cosine'],
        [64, 'euclidean'],
        [512, 'euclidean'],
      ] as const
    ).map(nearest),
    {
      title: `matmul ${rows} x ${inner} x ${inner}`,
      task: {
        ...{ operation: 'matmul', method: '', inner, columns: inner },
        weights: normalFile({ rows: inner, dimensions: inner, seed: 3 }),
        bias: normalFile({ rows: 1, dimensions: inner, seed: 4 }),
        rows: normalFile({ rows, dimensions: inner, seed: 5 }),
      },
      method: 'linear',
      work: workOf({ rows, inner, columns: inner, outValues: rows * inner }),
      check: productCheck(),
    },
    {
      title: `vote of ${voters} voters of ${bits} bits, D = ${dimensions}, ${frames} frames`,
      task: {
        ...{ operation: 'vote', method: '', voters, bits, dimensions },
        weights: normalFile({ rows: columns, dimensions, seed: 7 }),
        bias: normalFile({ rows: 1, dimensions: columns, seed: 8 }),
        vectors: normalFile({ rows: frames, dimensions, seed: 6 }),
      },
      method: 'vote',
      work: workOf({ rows: frames, inner: dimensions, columns, outValues: frames }),
      check: voteCheck(),
    },
  ];
}

/** @param size of a product, and the values that come back of it */
function workOf(size: { rows: number; inner: number; columns: number; outValues: number }): Work {
  const { rows, inner, columns, outValues } = size;
  return {
    flops: 2 * rows * inner * columns,
    operandBytes: 4 * inner * columns,
    inBytes: 4 * rows * inner,
    outBytes: 4 * outValues,
  };
}

function productCheck(): Case['check'] {
  let expected: Float32Array | undefined;
  return (result) => {
    const products = new Float32Array(result);
    expected ??= products;
    const off = products.reduce((most, value, at) => Math.max(most, Math.abs(value - expected![at])), 0);
    return { right: off <= TOLERANCE, words: `at most ${off.toExponential(1)} apart` };
  };
}

function voteCheck(): Case['check'] {
  let expected: Uint32Array | undefined;
  return (result) => {
    const ids = new Uint32Array(result);
    expected ??= ids;
    const different = ids.filter((id, row) => id !== expected![row]).length;
    return {
      right: different <= NEAR_ZERO * ids.length,
      words: `${different} of ${ids.length} ids differ`,
    };
  };
}

function limitRows({ arithmetic, memory, upload, download }: GpuLimits): string[][] {
  const giga = (perSecond: number) => (perSecond / 1e9).toFixed(1);
  return [
    ['product of float32 matrices', `${giga(arithmetic)} GF/s`],
    ['copy in its own memory, read and written', `${giga(memory)} GB/s`],
    ['from the host', `${giga(upload)} GB/s`],
    ['to the host', `${giga(download)} GB/s`],
  ];
}

/** The share is 1 where a call takes as long as its arithmetic or its memory, whichever is more, and its transfers. */
function rows(timings: readonly Timing[], work: Work, limits: GpuLimits | undefined): string[][] {
  const least = limits && leastSeconds(limits, work);
  return timings.map(({ label, verdict, seconds }) => {
    if (!seconds) return [label, verdict, '', ''];
    const bound = label.endsWith('on the GPU') ? least?.computing : least?.withTransfers;
    const share = bound === undefined || label === 'polytok' ? '' : (bound / seconds.median).toFixed(2);
    return [
      label === 'polytok' ? 'polytok, WebAssembly, one thread' : label,
      milliseconds(seconds),
      (work.flops / seconds.median / 1e9).toFixed(1),
      share,
    ];
  });
}
