import type { KernelOperands, Operand } from '../kernels/contract.js';

/** The part of kernels that prepares operands. */
export type OperandSource = Pick<KernelOperands, 'prepareCodebook' | 'prepareMatrix' | 'prepareVote'>;

interface Entry {
  readonly prepared: unknown;
  readonly operands: readonly Operand[];
}

/** The kernels on which one owner has operands; also its key in {@link entries}. */
type Owner = Set<WeakRef<KernelOperands>>;

/** Operands live here, not with their owner, so that kernels nobody uses any more are collected with all they hold. */
const entries = new WeakMap<KernelOperands, Map<Owner, Entry>>();

const abandoned = /* @__PURE__ */ new FinalizationRegistry<Owner>(disposeAll);

/**
 * What one owner prepares, once per kernels object. It is freed by {@link PreparedOperands.dispose}, or when the owner
 * is garbage.
 */
export class PreparedOperands<Prepared> {
  readonly #prepare: (source: OperandSource) => Prepared;
  readonly #owner: Owner = new Set();

  /** @param prepare makes the operands; when it throws, those it had made are freed */
  constructor(prepare: (source: OperandSource) => Prepared) {
    this.#prepare = prepare;
    abandoned.register(this, this.#owner);
  }

  /** The operands on these kernels, prepared on the first call. */
  on(kernels: KernelOperands): Prepared {
    const entry = entries.get(kernels)?.get(this.#owner) ?? this.#add(kernels);
    return entry.prepared as Prepared;
  }

  /** Frees the operands on all kernels; {@link on} would prepare them anew. */
  dispose(): void {
    disposeAll(this.#owner);
  }

  #add(kernels: KernelOperands): Entry {
    const operands: Operand[] = [];
    const keep = <Made extends Operand>(operand: Made): Made => {
      operands.push(operand);
      return operand;
    };
    try {
      const prepared = this.#prepare({
        prepareCodebook: (...call) => keep(kernels.prepareCodebook(...call)),
        prepareMatrix: (...call) => keep(kernels.prepareMatrix(...call)),
        prepareVote: (...call) => keep(kernels.prepareVote(...call)),
      });
      const entry = { prepared, operands };
      const ofKernels = entries.get(kernels) ?? new Map<Owner, Entry>();
      entries.set(kernels, ofKernels.set(this.#owner, entry));
      this.#remember(kernels);
      return entry;
    } catch (error) {
      for (const operand of operands) operand.dispose();
      throw error;
    }
  }

  #remember(kernels: KernelOperands): void {
    for (const reference of this.#owner) {
      if (reference.deref() === undefined) this.#owner.delete(reference);
    }
    this.#owner.add(new WeakRef(kernels));
  }
}

function disposeAll(owner: Owner): void {
  for (const reference of owner) {
    const kernels = reference.deref();
    const ofKernels = kernels && entries.get(kernels);
    for (const operand of ofKernels?.get(owner)?.operands ?? []) operand.dispose();
    ofKernels?.delete(owner);
  }
  owner.clear();
}
