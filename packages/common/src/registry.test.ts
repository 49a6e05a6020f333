import { describe, expect, it } from 'vitest';
import type { TokenizerConfig } from './contract.js';
import { createRegistry } from './registry.js';

class Bins {
  static readonly type = 'bins';
  constructor(readonly count: number) {}
  static fromJSON(config: TokenizerConfig): Bins {
    return new this(config.count as number);
  }
}
const text = { type: 'text', fromJSON: () => 'a text tokenizer' };

describe('createRegistry', () => {
  const registry = createRegistry<Bins | string>([Bins, text]);

  it('builds what the configuration names', () => {
    expect(registry.fromJSON({ type: 'bins', count: 7 })).toEqual(new Bins(7));
    expect(registry.fromJSON({ type: 'text' })).toBe('a text tokenizer');
  });

  it('lists and finds its types', () => {
    expect(registry.types).toEqual(['bins', 'text']);
    expect(registry.get('bins')).toBe(Bins);
  });

  it.each(['bin', 'toString', ''])("lists what is available when '%s' is not", (type) => {
    expect(() => registry.fromJSON({ type })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_NAME', details: { type, available: ['bins', 'text'] } }),
    );
    expect(() => registry.get(type)).toThrow('Available: bins, text.');
  });

  it.each([[null], ['bins'], [['bins']], [{}], [{ type: 1 }]])('refuses %j as a configuration', (config) => {
    expect(() => registry.fromJSON(config)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });

  it('refuses a second type of the same name', () => {
    expect(() => createRegistry<unknown>([Bins, text, { ...text, type: 'bins' }])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { type: 'bins' } }),
    );
  });

  it('hands on what a type takes beside the configuration', () => {
    const scaled = { type: 'scaled', fromJSON: (_config: unknown, scale?: number) => scale ?? 1 };
    const registry = createRegistry<number, [scale?: number]>([scaled]);
    expect(registry.fromJSON({ type: 'scaled' }, 3)).toBe(3);
    expect(registry.fromJSON({ type: 'scaled' })).toBe(1);
  });

  it('may be empty', () => {
    expect(() => createRegistry([]).get('bins')).toThrow('Available: none.');
  });
});
