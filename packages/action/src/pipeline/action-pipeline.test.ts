import { describe, expect, it } from 'vitest';
import { fitActionBpe } from '../action-bpe/action-bpe.js';
import { BinTokenizer } from '../bins/bin-tokenizer.js';
import { largestDifference } from '../goldens.fixture.js';
import { Normalizer } from '../normalize/normalizer.js';
import { TrackStatistics } from '../normalize/track-statistics.js';
import { createTrack } from '../tracks/action-track.js';
import { ActionPipeline } from './action-pipeline.js';

const names = ['shoulder', 'gripper'];
const track = createTrack({
  values: Float64Array.from({ length: 50 }, (_, i) => (i % 2 ? Number(i > 20) : 40 * Math.sin(i / 9))),
  fps: 10,
  names,
  grippers: [1],
});
const statistics = new TrackStatistics({ columns: 2 });
statistics.add(track.values);
const normalizer = new Normalizer({ mode: 'MIN_MAX', statistics: statistics.result() });
const inner = new BinTokenizer({ variant: 'centered', steps: 8, columns: 2 });
const tokenizer = await fitActionBpe([new Float64Array(16)], { inner, vocabularySize: 260 });
const signal = { feature: 'action', names, fps: 10, kind: 'absolute', grippers: [1] } as const;
const pipeline = new ActionPipeline({ tokenizer, normalizer, signal });

describe('a pipeline', () => {
  it('turns a track into chunks of tokens, and back, in the units of the track', () => {
    const chunks = [...pipeline.encode(track)];
    expect(chunks.map(({ frame }) => frame)).toEqual([0, 8, 16, 24]);
    const back = Float64Array.from(chunks.flatMap(({ tokens }) => [...pipeline.decode(tokens)]));
    // Half a bin of 80 units.
    expect(largestDifference(back.subarray(0, 50), track.values)).toBeLessThan(0.16);
    // The last chunk rests.
    expect(new Set(back.subarray(50).filter((_, i) => i % 2 === 0)).size).toBe(1);
  });

  it('may overlap its chunks', () => {
    expect([...pipeline.encode(track, { stride: 5 })].map(({ frame }) => frame)).toEqual([0, 5, 10, 15, 20]);
  });

  it('comes back from JSON, whatever is on top of what', () => {
    const again = ActionPipeline.fromJSON(JSON.parse(JSON.stringify(pipeline)));
    expect(again.fingerprint).toBe(pipeline.fingerprint);
    expect([...again.encode(track)]).toEqual([...pipeline.encode(track)]);
  });

  it('decodes what a model wrote', () => {
    const { actions, ok } = pipeline.decodeLenient([1, 2]);
    expect(ok).toBe(false);
    expect(actions.every((value) => Math.abs(value) <= 40.2)).toBe(true);
  });

  it('holds the last action, in the units of the track, where a model wrote nothing', () => {
    const last = track.values.slice(-names.length);
    const { actions } = pipeline.decodeLenient([], { fallback: last });
    for (const [at, value] of actions.entries()) expect(value).toBeCloseTo(last[at % names.length], 6);
  });

  it.each([{ names: ['elbow', 'gripper'] }, { fps: 20 }, { kind: 'delta' as const }])(
    'refuses a track with %j',
    (other) => {
      const { values, fps } = track;
      const bad = createTrack({ values, fps, names, ...other });
      expect(() => [...pipeline.encode(bad)]).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    },
  );
});

it('refuses parts that do not fit each other', () => {
  expect(() => new ActionPipeline({ tokenizer, normalizer, signal: { ...signal, names: ['a'] } })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

it.each([
  ['INVALID_FORMAT', null],
  ['INVALID_FORMAT', { type: 'beast' }],
  ['INVALID_FORMAT', { ...pipeline.toJSON(), signal: { names: 'all' } }],
  ['UNSUPPORTED', { ...pipeline.toJSON(), version: 2 }],
  ['UNKNOWN_NAME', { ...pipeline.toJSON(), tokenizer: { type: 'other' } }],
])('refuses with %s: %j', (code, config) => {
  expect(() => ActionPipeline.fromJSON(config)).toThrow(expect.objectContaining({ code }));
});
