/**
 * The header of a `.npy` file is a Python dictionary literal such as
 * `{'descr': '<u2', 'fortran_order': False, 'shape': (3, 4), }`. It is parsed by the grammar below, which
 * knows nothing but strings, booleans and tuples of counts, and is never evaluated.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { PolytokError } from '../errors.js';

/** NumPy's own limit (`max_header_size`): headers of plain arrays have about 100 bytes. */
export const MAX_NPY_HEADER_BYTES = 10_000;
/** Most dimensions of an array since NumPy 2. */
export const MAX_NPY_RANK = 64;

export interface NpyHeader {
  /** Element type such as `<u2` or `|b1`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

type Value = string | boolean | readonly number[];

/** @throws PolytokError `INVALID_FORMAT`; `UNSUPPORTED` for structured types; `LIMIT_EXCEEDED` */
export function parseNpyHeader(text: string): NpyHeader {
  const fields = new Scanner(text).dictionary();
  const descr = fields.get('descr');
  const fortranOrder = fields.get('fortran_order');
  const shape = fields.get('shape');
  const complete = typeof descr === 'string' && typeof fortranOrder === 'boolean' && Array.isArray(shape);
  if (!complete || fields.size !== 3) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `A .npy header has exactly 'descr' (string), 'fortran_order' (boolean) and 'shape' (tuple); got [${[...fields.keys()]}].`,
      { details: { keys: [...fields.keys()] } },
    );
  }
  return { descr, fortranOrder, shape };
}

/** The literal that NumPy writes, without the padding. */
export function formatNpyHeader({ descr, fortranOrder, shape }: NpyHeader): string {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${tuple}, }`;
}

/** Recursive descent over the few literals that a header may hold. */
class Scanner {
  private position = 0;

  constructor(private readonly text: string) {}

  dictionary(): Map<string, Value> {
    const fields = new Map<string, Value>();
    this.expect('{');
    while (!this.accept('}')) {
      const key = this.string();
      if (fields.has(key)) this.fail(`a second '${key}'`);
      this.expect(':');
      fields.set(key, this.value(key));
      if (!this.accept(',') && !this.peek('}')) this.fail("neither ',' nor '}'");
    }
    if (!/^[ \n]*$/.test(this.text.slice(this.position))) this.fail('text after the dictionary');
    return fields;
  }

  private value(key: string): Value {
    if (this.accept('True')) return true;
    if (this.accept('False')) return false;
    if (this.peek('(')) return this.tuple();
    if (key === 'descr' && this.peek('[')) {
      throw new PolytokError(
        'UNSUPPORTED',
        'This .npy file holds a structured array (records of fields). Save one field as a plain array.',
      );
    }
    return this.string();
  }

  private tuple(): number[] {
    const counts: number[] = [];
    this.expect('(');
    while (!this.accept(')')) {
      counts.push(this.count());
      if (counts.length > MAX_NPY_RANK) {
        throw new PolytokError('LIMIT_EXCEEDED', `A .npy array has at most ${MAX_NPY_RANK} dimensions.`, {
          details: { limit: MAX_NPY_RANK },
        });
      }
      // `(3)` is a number in Python, not a tuple.
      const comma = this.accept(',');
      if (!comma && (counts.length === 1 || !this.peek(')'))) this.fail("no ',' in the shape");
    }
    return counts;
  }

  private count(): number {
    const digits = this.match(/(0|[1-9]\d*)/y) ?? this.fail('no count in the shape');
    return Number(digits);
  }

  private string(): string {
    const quoted = this.match(/'[^'\\\n]*'|"[^"\\\n]*"/y) ?? this.fail('no string');
    return quoted.slice(1, -1);
  }

  private expect(token: string): void {
    if (!this.accept(token)) this.fail(`no '${token}'`);
  }

  private accept(token: string): boolean {
    if (!this.peek(token)) return false;
    this.position += token.length;
    return true;
  }

  private peek(token: string): boolean {
    this.match(/ */y);
    return this.text.startsWith(token, this.position);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }

  private fail(found: string): never {
    throw new PolytokError(
      'INVALID_FORMAT',
      `The header of this .npy file has ${found} at character ${this.position}. It is damaged, or not from NumPy.`,
      { details: { position: this.position, header: this.text.slice(0, 200) } },
    );
  }
}
