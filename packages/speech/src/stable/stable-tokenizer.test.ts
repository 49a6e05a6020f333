import { readFileSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalTokens, type TokenizerConfig } from '@polytok/common';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '@polytok/common/io';
import { openSafetensorsWeights } from '@polytok/common/node';
import { weightsOf } from '@polytok/common/onnx';
import { conformanceLaws } from '@polytok/common/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Audio } from '../audio.js';
import { StableTokenizer } from '../node/index.js';
import { scratchFolder } from '../node/scratch-folder.test-helper.js';
import { GOLDEN_MODELS, goldenFolder, goldenSounds, noise } from './stable-goldens.fixture.js';
import {
  type SpeechFeatures,
  type StableTokenizerOptions,
  StableTokenizer as Tokenizer,
} from './stable-tokenizer.js';

/** Of float32 against float64, for numbers of about 1. */
const TOLERANCE = 2e-4;

async function open(model: string, options?: StableTokenizerOptions): Promise<StableTokenizer> {
  const tokenizer = await StableTokenizer.fromPretrained(goldenFolder(model), options);
  onTestFinished(() => tokenizer.close());
  return tokenizer;
}

function largestDifference(a: Float32Array, b: Float32Array, width: number, step: number): number {
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const row = Math.floor(i / width) * step;
    worst = Math.max(worst, Math.abs(a[row * width + (i % width)] - b[i]));
  }
  return worst;
}

describe.each(GOLDEN_MODELS)('the model %s', (model) => {
  const sounds = goldenSounds(model).map((sound) => [sound.audio.samples.length, sound] as const);

  it.each(sounds)('gives PyTorch’s ids and vectors for %i samples', async (_, sound) => {
    const tokenizer = await open(model);
    const tokens = await tokenizer.encode(sound.audio);
    expect([...tokens.ids]).toEqual([...sound.ids]);
    const features = await tokenizer.encodeFeatures(sound.audio);
    const { width, step } = { ...features, ...sound };
    expect(largestDifference(features.data, sound.features, width, step)).toBeLessThan(TOLERANCE);
    const decoded = await tokenizer.decode(tokens);
    expect(decoded).toMatchObject({ tokens: sound.ids.length, width });
    expect(largestDifference(decoded.data, sound.quantized, width, step)).toBeLessThan(1e-5);
  });
});

const audioOf = (samples: Float32Array): Audio => ({ samples, sampleRate: 16_000 });

describe('ids do not depend on what else is encoded', () => {
  const sounds = [640, 13_000, 13_122, 12_801, 640, 0, 96_500].map((length, at) =>
    audioOf(noise(length, at + 40)),
  );

  it.each([1, 2, 8])('with %i windows at a time', async (batchSize) => {
    const tokenizer = await open('max-pooling-between', { batchSize });
    const together = await tokenizer.encodeBatch(sounds);
    const reversed = await tokenizer.encodeBatch([...sounds].reverse());
    for (const [at, sound] of sounds.entries()) {
      const alone = await tokenizer.encode(sound);
      expect(equalTokens(together[at], alone)).toBe(true);
      expect(equalTokens(reversed[sounds.length - 1 - at], alone)).toBe(true);
    }
  });

  it('and a window does not know those beside it', async () => {
    const tokenizer = await open('max-pooling-between');
    const { windowSamples } = tokenizer.config;
    const sound = noise(2 * windowSamples + 999, 3);
    const parts = [0, 1, 2].map((k) => audioOf(sound.slice(k * windowSamples, (k + 1) * windowSamples)));
    const ids = (await Promise.all(parts.map((part) => tokenizer.encode(part)))).flatMap((tokens) => [
      ...tokens.ids,
    ]);
    expect([...(await tokenizer.encode(audioOf(sound))).ids]).toEqual(ids);
  });
});

describe('the number of tokens', () => {
  const { pairs } = JSON.parse(
    readFileSync(new URL('../../goldens/speech.json', import.meta.url), 'utf8'),
  ).length_contract;

  it('is the golden one, and ceil(n / 640) for every short sound', async () => {
    const tokenizer = await open('published-shape');
    for (const [samples, tokens] of pairs)
      expect(tokenizer.tokenShape([samples])).toEqual({ minLength: tokens, maxLength: tokens, codebooks: 1 });
    for (let n = 0; n <= 2000; n++) expect(tokenizer.tokenShape([n]).minLength).toBe(Math.ceil(n / 640));
  });

  it('is that of encode around the length of a window', async () => {
    const tokenizer = await open('max-pooling-between');
    for (const samples of [31_999, 32_000, 32_001]) {
      const { length } = await tokenizer.encode(audioOf(noise(samples, 1)));
      expect(length).toBe(Math.ceil(samples / 1280));
    }
  });
});

describe('conformance', async () => {
  const shared = await StableTokenizer.fromPretrained(goldenFolder('published-shape'));
  const [empty, one, middle] = [0, 1, 12_801].map(
    (length) => goldenSounds('published-shape').find(({ audio }) => audio.samples.length === length)!,
  );
  const expected = new Map<Audio, Float32Array>(
    [empty, one, middle].map(({ audio, quantized }) => [audio, quantized]),
  );
  const shape = ({ audio }: { audio: Audio }) => [audio.samples.length];
  const laws = conformanceLaws<Audio, SpeechFeatures>({
    tokenizer: () => shared,
    fromJSON: async (config) =>
      StableTokenizer.fromJSON(config, await openSafetensorsWeights(goldenFolder('published-shape'))),
    signals: [
      { name: 'empty', signal: empty.audio, shape: shape(empty) },
      { name: 'one sample', signal: one.audio, shape: shape(one) },
      { name: 'noise', signal: middle.audio, shape: shape(middle) },
    ],
    // The vectors that PyTorch’s quantizer gives for the same sound.
    distance: (audio, { data }) =>
      data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected.get(audio)![i])), 0),
    tolerance: 1e-5,
    badSignals: [
      { name: 'another rate', signal: { ...one.audio, sampleRate: 44_100 }, code: 'INVALID_ARGUMENT' },
      { name: 'NaN', signal: audioOf(Float32Array.of(0, Number.NaN)), code: 'INVALID_ARGUMENT' },
      {
        name: 'infinity',
        signal: audioOf(Float32Array.of(Number.NEGATIVE_INFINITY)),
        code: 'INVALID_ARGUMENT',
      },
      { name: 'samples beyond all sound', signal: audioOf(Float32Array.of(1e30)), code: 'INVALID_ARGUMENT' },
    ],
  });
  afterAll(() => shared.close());
  it.each(laws)('$name', ({ check }) => check());
});

describe('silence', () => {
  it('and a full-scale square wave have tokens', async () => {
    const tokenizer = await open('published-shape');
    const square = Float32Array.from({ length: 5000 }, (_, i) => (i % 100 < 50 ? 1 : -1));
    for (const samples of [new Float32Array(5000), square])
      expect((await tokenizer.encode(audioOf(samples))).length).toBe(8);
  });
});

describe('a configuration', () => {
  it('is refused with other weights, or of another type', async () => {
    const tokenizer = await open('published-shape');
    const config = JSON.parse(JSON.stringify(tokenizer)) as TokenizerConfig;
    const { tensors } = decodeSafetensors(
      readFileSync(join(goldenFolder('published-shape'), 'model.safetensors')),
    );
    const bias = tensors.get('layers.1.fc1.bias')!;
    const changed = new Map(tensors).set('layers.1.fc1.bias', {
      ...bias,
      data: (bias.data as Float32Array).map((value) => value * 1.001),
    } as Tensor);
    await expect(Tokenizer.fromJSON(config, weightsOf(changed))).rejects.toMatchObject({
      code: 'VOCABULARY_MISMATCH',
    });
    const revived = await Tokenizer.fromJSON(config, weightsOf(tensors));
    expect(revived.vocabulary.fingerprint).toBe(tokenizer.vocabulary.fingerprint);
    await revived.close();
    await expect(Tokenizer.fromJSON({ type: 'other' }, weightsOf(tensors))).rejects.toMatchObject({
      code: 'INVALID_FORMAT',
    });
  });
});

describe('a checkpoint', () => {
  /** A copy of a golden checkpoint, its weights as `change` leaves them. */
  async function copyOf(model: string, change: (tensors: Map<string, Tensor>) => void): Promise<string> {
    const folder = join(scratchFolder(), 'model');
    await cp(goldenFolder(model), folder, { recursive: true });
    const path = join(folder, 'model.safetensors');
    const tensors = new Map(decodeSafetensors(readFileSync(path)).tensors);
    change(tensors);
    await writeFile(path, encodeSafetensors(tensors));
    return folder;
  }

  it('in several files is the same', async () => {
    const folder = await copyOf('published-shape', () => {});
    const { tensors } = decodeSafetensors(readFileSync(join(folder, 'model.safetensors')));
    const names = [...tensors.keys()];
    const fileOf = (name: string) => (name.startsWith('layers.') ? 'b.safetensors' : 'a.safetensors');
    for (const file of ['a.safetensors', 'b.safetensors']) {
      const own = names
        .filter((name) => fileOf(name) === file)
        .map((name) => [name, tensors.get(name)!] as const);
      await writeFile(join(folder, file), encodeSafetensors(new Map(own)));
    }
    const weightMap = Object.fromEntries(names.map((name) => [name, fileOf(name)]));
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
    await rm(join(folder, 'model.safetensors'));
    const whole = await open('published-shape');
    const split = await StableTokenizer.fromPretrained(folder);
    const sound = audioOf(noise(5000, 5));
    expect(equalTokens(await split.encode(sound), await whole.encode(sound))).toBe(true);
    await split.close();
  });

  it('of bfloat16 is that of the same numbers in float32', async () => {
    const rounded = (data: Float32Array) =>
      Uint16Array.from(
        new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)),
        (bits) => bits >>> 16,
      );
    const change =
      (make: (tensor: Tensor, bits: Uint16Array) => Tensor) => (tensors: Map<string, Tensor>) => {
        for (const [name, tensor] of tensors)
          tensors.set(name, make(tensor, rounded(tensor.data as Float32Array)));
      };
    const half = await copyOf(
      'published-shape',
      change(({ shape }, data) => ({ dtype: 'BF16', shape, data })),
    );
    const single = await copyOf(
      'published-shape',
      change(({ shape }, bits) => ({
        dtype: 'F32',
        shape,
        data: new Float32Array(Uint32Array.from(bits, (b) => b << 16).buffer),
      })),
    );
    const [a, b] = await Promise.all([half, single].map((folder) => StableTokenizer.fromPretrained(folder)));
    const sound = audioOf(noise(5000, 5));
    expect(equalTokens(await a.encode(sound), await b.encode(sound))).toBe(true);
    await Promise.all([a.close(), b.close()]);
  });

  it('names all tensors that are missing, misshapen or too many in one error', async () => {
    const folder = await copyOf('published-shape', (tensors) => {
      tensors.delete('layers.0.fc1.weight');
      tensors.set('conv1.bias', { dtype: 'F32', shape: [3], data: new Float32Array(3) });
      tensors.set('layers.2.fc1.weight', { dtype: 'F32', shape: [1], data: new Float32Array(1) });
    });
    await expect(StableTokenizer.fromPretrained(folder)).rejects.toMatchObject({
      code: 'INVALID_FORMAT',
      details: {
        missing: ['layers.0.fc1.weight'],
        misshapen: ['conv1.bias is F32 [3], not [16]'],
        extra: ['layers.2.fc1.weight'],
      },
    });
  });

  it('with NaN in a matrix is found when it encodes', async () => {
    const folder = await copyOf('published-shape', (tensors) => {
      const matrix = tensors.get('layers.0.fc1.weight')!;
      (matrix.data as Float32Array)[7] = Number.NaN;
    });
    const tokenizer = await StableTokenizer.fromPretrained(folder);
    await expect(tokenizer.encode(audioOf(noise(640, 1)))).rejects.toMatchObject({ code: 'INVALID_FORMAT' });
    await tokenizer.close();
  });

  it('does without what ids do not depend on', async () => {
    const folder = await copyOf('published-shape', (tensors) => {
      for (const name of ['codebook_used', 'embed_positions2.weight', 'layer_norm.weight', 'layer_norm.bias'])
        expect(tensors.delete(name)).toBe(true);
    });
    await (await StableTokenizer.fromPretrained(folder)).close();
  });

  it.each(['config.json', 'preprocessor_config.json', 'model.safetensors'])('needs %s', async (name) => {
    const folder = await copyOf('published-shape', () => {});
    await rm(join(folder, name));
    await expect(StableTokenizer.fromPretrained(folder)).rejects.toMatchObject({ code: 'IO' });
    await writeFile(join(folder, name), 'no such thing');
    await expect(StableTokenizer.fromPretrained(folder)).rejects.toMatchObject({
      code: expect.stringMatching(/^(INVALID_FORMAT|LIMIT_EXCEEDED)$/),
      message: expect.stringContaining(name),
    });
  });

  it('says which provider is absent', async () => {
    await expect(
      StableTokenizer.fromPretrained(goldenFolder('published-shape'), { providers: ['nothing'] }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reasons: { nothing: expect.any(String) } } });
  });

  it.each([0, 1.5])('refuses a batch of %d', async (batchSize) => {
    await expect(
      StableTokenizer.fromPretrained(goldenFolder('published-shape'), { batchSize }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
