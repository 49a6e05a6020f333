import type { EngineLogMel } from '../engine.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';
import { instantiateLogMel } from './log-mel-module.js';
import { LogMelTables } from './log-mel-tables.js';
import { MemoryPool } from './memory-pool.js';

/** Frames side by side in SIMD lanes. */
const PAIR = 2;
/** Values that may be read behind the last frame. */
const OVERREAD = 2;

/**
 * Log-mel levels by the FFT of assembly/log-mel.ts, on the calling thread and in a memory of their own: a block of
 * frames takes 0.3 ms, which is too little to share between threads.
 */
export class WasmLogMels {
  readonly #pool = new MemoryPool(new WebAssembly.Memory({ initial: 1 }));
  readonly #wasm = instantiateLogMel(this.#pool.memory);

  get bytesHeld(): number {
    return this.#pool.bytesHeld;
  }

  /** Bytes reserved, in use or not. */
  get bytesReserved(): number {
    return this.#pool.memory.buffer.byteLength;
  }

  /** @throws PolytokError `LIMIT_EXCEEDED` where memory does not suffice */
  load(layout: LogMelLayout): EngineLogMel {
    const wasm = this.#wasm;
    const pool = this.#pool;
    const { fftSize, hop, bands } = layout;
    const tables = new LogMelTables(layout);
    const plan = pool.take(tables.words * 4);
    tables.write(pool.u32(plan, tables.words), plan);
    return {
      transform(signal, out) {
        const pairs = Math.ceil(out.length / bands / PAIR);
        // Frames that fill up the last pair are computed from whatever lies there, and not copied out.
        const signalBytes = ((pairs * PAIR - 1) * hop + fftSize + OVERREAD) * 4;
        const outBytes = pairs * PAIR * bands * 4;
        const workBytes = (fftSize / 2 + 1) * 64;
        const work = pool.take(workBytes + outBytes + signalBytes);
        try {
          const outAt = work + workBytes;
          const signalAt = outAt + outBytes;
          pool.f32(signalAt, signal.length).set(signal);
          wasm.logMel(plan, signalAt, hop * 4, pairs, work, outAt);
          out.set(pool.f32(outAt, out.length));
        } finally {
          pool.give(work);
        }
      },
      free: () => pool.give(plan),
    };
  }
}
