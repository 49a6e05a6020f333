/**
 * Reads pickles as a list of instructions for a stack machine, and runs none of them that would call anything: globals
 * are names, and calls are records of a name and its arguments, which the reader may accept or refuse.
 * Source: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
import { PolytokError } from '../../errors.js';

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleCall
  | PicklePersistent;

export interface PickleList {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: [PickleValue, PickleValue][];
}

/** A name such as `torch.FloatStorage`; nothing is looked up. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** What would be called, with what; nothing is called. */
export interface PickleCall {
  readonly kind: 'call';
  readonly of: PickleGlobal;
  readonly args: readonly PickleValue[];
}

/** Something that stands outside the pickle, such as the numbers of a tensor. */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
}

export interface PickleOptions {
  /** Names that may stand in the pickle. Others are refused where they first occur. */
  readonly globals: ReadonlySet<string>;
}

/** Most bytes of a pickle, and most values on its stack: those of the largest published checkpoints have some 100 kB. */
export const MAX_PICKLE_BYTES = 1 << 28;
const MAX_STACK = 1 << 22;

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/**
 * @throws PolytokError `UNSUPPORTED` for a global that is not allowed, or an instruction that tensors do not need;
 *   `INVALID_FORMAT` for a damaged pickle; `LIMIT_EXCEEDED`
 */
export function readPickle(bytes: Uint8Array, { globals }: PickleOptions): PickleValue {
  if (bytes.byteLength > MAX_PICKLE_BYTES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `This pickle has ${bytes.byteLength} bytes; the limit is ${MAX_PICKLE_BYTES}.`,
    );
  }
  return new PickleReader(bytes, globals).run();
}

class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #globals: ReadonlySet<string>;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array, globals: ReadonlySet<string>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#globals = globals;
  }

  run(): PickleValue {
    for (;;) {
      const opcode = String.fromCharCode(this.#take(1)[0]);
      if (opcode === '.') return this.#pop();
      this.#step(opcode);
      if (this.#stack.length > MAX_STACK) throw damaged('it has too many values');
    }
  }

  #step(opcode: string): void {
    const stack = this.#stack;
    switch (opcode) {
      case '\x80': // PROTO
        this.#take(1);
        return;
      case '\x95': // FRAME
        this.#take(8);
        return;
      case '(':
        stack.push(MARK);
        return;
      case '}':
        stack.push({ kind: 'dict', entries: [] });
        return;
      case ']':
        stack.push({ kind: 'list', items: [] });
        return;
      case ')':
        stack.push({ kind: 'tuple', items: [] });
        return;
      case 't':
        stack.push({ kind: 'tuple', items: this.#popToMark() });
        return;
      case '\x85':
      case '\x86':
      case '\x87': {
        const items = Array.from({ length: opcode.charCodeAt(0) - 0x84 }, () => this.#pop()).reverse();
        stack.push({ kind: 'tuple', items });
        return;
      }
      case 'N':
        stack.push(null);
        return;
      case '\x88':
        stack.push(true);
        return;
      case '\x89':
        stack.push(false);
        return;
      case 'K':
        stack.push(this.#take(1)[0]);
        return;
      case 'M':
        stack.push(this.#view.getUint16(this.#skip(2), true));
        return;
      case 'J':
        stack.push(this.#view.getInt32(this.#skip(4), true));
        return;
      case '\x8a': // LONG1
        stack.push(this.#long(this.#take(1)[0]));
        return;
      case 'G':
        stack.push(this.#view.getFloat64(this.#skip(8)));
        return;
      case 'X': // BINUNICODE
        stack.push(this.#text(this.#view.getUint32(this.#skip(4), true)));
        return;
      case '\x8c': // SHORT_BINUNICODE
        stack.push(this.#text(this.#take(1)[0]));
        return;
      case 'q':
        this.#memo.set(this.#take(1)[0], this.#top());
        return;
      case 'r':
        this.#memo.set(this.#view.getUint32(this.#skip(4), true), this.#top());
        return;
      case '\x94': // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 'h':
        stack.push(this.#remembered(this.#take(1)[0]));
        return;
      case 'j':
        stack.push(this.#remembered(this.#view.getUint32(this.#skip(4), true)));
        return;
      case 'c': // GLOBAL
        stack.push(this.#global(`${this.#line()}.${this.#line()}`));
        return;
      case '\x93': {
        const [name, module] = [this.#pop(), this.#pop()];
        stack.push(this.#global(`${module}.${name}`));
        return;
      }
      case 'Q':
        stack.push({ kind: 'persistent', id: this.#pop() });
        return;
      case 'R': {
        const [args, of] = [this.#pop(), this.#pop()];
        if (!isKind(of, 'global') || !isKind(args, 'tuple')) throw damaged('it calls what is no name');
        stack.push({ kind: 'call', of, args: args.items });
        return;
      }
      case 's':
        this.#setItems([this.#pop(), this.#pop()].reverse());
        return;
      case 'u':
        this.#setItems(this.#popToMark());
        return;
      case 'a':
        this.#append([this.#pop()]);
        return;
      case 'e':
        this.#append(this.#popToMark());
        return;
      case 'b': // BUILD: state of an object that a call made, such as an OrderedDict's attributes
        this.#pop();
        return;
      default:
        throw new PolytokError(
          'UNSUPPORTED',
          `This pickle has instruction 0x${opcode.charCodeAt(0).toString(16)} at byte ${this.#at - 1}, which tensors do not need. Save the state dictionary alone, or as safetensors.`,
          { details: { opcode: opcode.charCodeAt(0), at: this.#at - 1 } },
        );
    }
  }

  #setItems(items: readonly PickleValue[]): void {
    const target = this.#top();
    // An OrderedDict is a call without arguments, filled afterwards.
    const dict = isKind(target, 'dict') ? target : this.#asDict(target);
    for (let at = 0; at + 1 < items.length; at += 2) dict.entries.push([items[at], items[at + 1]]);
  }

  #asDict(target: PickleValue): PickleDict {
    if (!isKind(target, 'call')) throw damaged('it fills what is no dictionary');
    const dict: PickleDict = { kind: 'dict', entries: [] };
    this.#stack[this.#stack.length - 1] = dict;
    for (const [index, value] of this.#memo) if (value === target) this.#memo.set(index, dict);
    return dict;
  }

  #append(items: readonly PickleValue[]): void {
    const target = this.#top();
    if (!isKind(target, 'list')) throw damaged('it appends to what is no list');
    target.items.push(...items);
  }

  #global(name: string): PickleGlobal {
    if (this.#globals.has(name)) return { kind: 'global', name };
    throw new PolytokError(
      'UNSUPPORTED',
      `This pickle would import '${name}'. Pickles can run code, so only those of plain tensors are read: save the state dictionary alone, or as safetensors.`,
      { details: { global: name } },
    );
  }

  #remembered(index: number): PickleValue {
    const value = this.#memo.get(index);
    if (value === undefined) throw damaged(`it recalls ${index}, which it has not remembered`);
    return value;
  }

  #popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark === -1) throw damaged('it ends a list that it did not begin');
    const items = this.#stack.splice(mark);
    return items.slice(1) as PickleValue[];
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw damaged('its stack is empty');
    return value;
  }

  #top(): PickleValue {
    const value = this.#pop();
    this.#stack.push(value);
    return value;
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end === -1) throw damaged('it ends within a name');
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#take(length));
  }

  /** Little-endian, two's complement; beyond 2^53 it is no size of a tensor. */
  #long(length: number): number {
    let value = 0n;
    for (const [at, byte] of this.#take(length).entries()) value |= BigInt(byte) << BigInt(8 * at);
    const signed = Number(BigInt.asIntN(8 * length, value));
    if (!Number.isSafeInteger(signed)) throw damaged('it has an integer beyond 2^53');
    return signed;
  }

  #take(length: number): Uint8Array {
    return this.#bytes.subarray(this.#skip(length), this.#at);
  }

  /** @returns where the skipped bytes begin */
  #skip(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.byteLength) throw damaged('it is cut short');
    return start;
  }
}

export function isKind<Kind extends 'list' | 'tuple' | 'dict' | 'global' | 'call' | 'persistent'>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Extract<PickleValue, { readonly kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

function damaged(problem: string): PolytokError {
  return new PolytokError('INVALID_FORMAT', `Not a sound pickle: ${problem}.`);
}
