import { describe, expect, it } from 'vitest';
import { isShardName, planShards, type ShardInput } from './shard-plan.js';

const inputs: ShardInput[] = [5, 1, 1, 9, 2].map((bytes, i) => ({ name: `${i}.wav`, bytes, version: '1' }));
const options = { inputs, shardSize: { items: 2 }, extension: 'parquet', config: 'abc' };
const namesOf = (plan: ReturnType<typeof planShards>) =>
  plan.map((shard) => shard.inputs.map(({ name }) => name));

describe('planShards', () => {
  it('fills shards in the order of the inputs, by number', () => {
    const plan = planShards(options);
    expect(plan.map(({ name }) => name)).toEqual([
      'shard-00000-of-00003.parquet',
      'shard-00001-of-00003.parquet',
      'shard-00002-of-00003.parquet',
    ]);
    expect(namesOf(plan)).toEqual([['0.wav', '1.wav'], ['2.wav', '3.wav'], ['4.wav']]);
  });

  it('or by bytes, a large input alone', () => {
    expect(namesOf(planShards({ ...options, shardSize: { bytes: 6 } }))).toEqual([
      ['0.wav', '1.wav'],
      ['2.wav'],
      ['3.wav'],
      ['4.wav'],
    ]);
  });

  it('gives no shard for no inputs', () => {
    expect(planShards({ ...options, inputs: [] })).toEqual([]);
  });

  it('gives the same keys for the same plan, and another for every change', () => {
    const keyOf = (changes: Partial<typeof options>) => planShards({ ...options, ...changes })[0].key;
    const changed = (change: Partial<ShardInput>) =>
      keyOf({ inputs: [{ ...inputs[0], ...change }, ...inputs.slice(1)] });
    expect(keyOf({})).toBe(keyOf({}));
    const keys = [
      keyOf({}),
      keyOf({ config: 'abd' }),
      keyOf({ extension: 'jsonl' }),
      keyOf({ shardSize: { items: 3 } }),
      keyOf({
        inputs: [
          ...inputs,
          { name: '5.wav', bytes: 1, version: '1' },
          { name: '6.wav', bytes: 1, version: '1' },
        ],
      }),
      changed({ name: 'x.wav' }),
      changed({ bytes: 6 }),
      changed({ version: '2' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['an input that stands twice', { inputs: [inputs[0], inputs[0]] }],
    ['no items per shard', { shardSize: { items: 0 } }],
    ['half a byte per shard', { shardSize: { bytes: 0.5 } }],
    ['an extension that is a path', { extension: '../x' }],
  ])('refuses %s', (_, changes) => {
    expect(() => planShards({ ...options, ...changes } as typeof options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

it('isShardName knows the names of shards', () => {
  expect(isShardName('shard-00000-of-00001.parquet')).toBe(true);
  expect(isShardName('shard-123456-of-123457.jsonl')).toBe(true);
  expect(isShardName('shard-0-of-1.parquet')).toBe(false);
  expect(isShardName('.shard-00000-of-00001.parquet')).toBe(false);
  expect(isShardName('shard-00000-of-00001')).toBe(false);
});
