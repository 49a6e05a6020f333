import { readFileSync } from 'node:fs';
import { openSafetensorsWeights } from '@polytok/common/node';
import { Network } from '@polytok/common/onnx';
import { describe, expect, it } from 'vitest';
import { parseStableConfig } from './stable-config.js';
import { stableEncoder } from './stable-encoder.js';
import { GOLDEN_MODELS, goldenFolder, goldenTensors } from './stable-goldens.fixture.js';

const configOf = (model: string) =>
  parseStableConfig(
    ...(['config.json', 'preprocessor_config.json'].map((name) =>
      JSON.parse(readFileSync(`${goldenFolder(model)}/${name}`, 'utf8')),
    ) as [unknown, unknown]),
  );

describe('the published encoder', () => {
  const published = parseStableConfig(
    {
      d_model: 1280,
      num_mel_bins: 128,
      encoder_layers: 32,
      encoder_attention_heads: 20,
      encoder_ffn_dim: 5120,
      pooling_kernel_size: 2,
      pooling_type: 'avg',
      pooling_position: 16,
      quantize_position: 16,
      quantize_encoder_only: true,
      quantize_vocab_size: 8192,
      num_voters: 5,
    },
    {},
  );
  const shapes = Object.fromEntries(
    [...stableEncoder(published).parameters].map(([name, { shape }]) => [name, shape.join()]),
  );
  const inLayers = (name: string) => /^layers\.\d+\.(.*)$/.exec(name)?.[1];

  it('has the tensors of the checkpoint, by name and shape', () => {
    const outside = Object.fromEntries(
      Object.entries(shapes).filter(([name]) => inLayers(name) === undefined),
    );
    const voters = [0, 1, 2, 3, 4].flatMap((voter) => [
      [`quantizer.project_in.${voter}.weight`, '13,1280'],
      [`quantizer.project_in.${voter}.bias`, '13'],
    ]);
    expect(outside).toEqual({
      'conv1.weight': '1280,128,3',
      'conv1.bias': '1280',
      'conv2.weight': '1280,1280,3',
      'conv2.bias': '1280',
      'embed_positions.weight': '1500,1280',
      ...Object.fromEntries(voters),
      'quantizer.project_out.weight': '1280,13',
      'quantizer.project_out.bias': '1280',
    });
  });

  it('has 16 layers with the tensors of Whisper', () => {
    const layer = Object.fromEntries(
      Object.entries(shapes)
        .filter(([name]) => name.startsWith('layers.15.'))
        .map(([name, shape]) => [inLayers(name), shape]),
    );
    expect(layer).toEqual({
      'self_attn.q_proj.weight': '1280,1280',
      'self_attn.q_proj.bias': '1280',
      'self_attn.k_proj.weight': '1280,1280',
      'self_attn.v_proj.weight': '1280,1280',
      'self_attn.v_proj.bias': '1280',
      'self_attn.out_proj.weight': '1280,1280',
      'self_attn.out_proj.bias': '1280',
      'self_attn_layer_norm.weight': '1280',
      'self_attn_layer_norm.bias': '1280',
      'fc1.weight': '5120,1280',
      'fc1.bias': '5120',
      'fc2.weight': '1280,5120',
      'fc2.bias': '1280',
      'final_layer_norm.weight': '1280',
      'final_layer_norm.bias': '1280',
    });
    expect(Object.keys(shapes).filter((name) => name.startsWith('layers.'))).toHaveLength(16 * 15);
  });

  it('has the 320.33 million parameters of the paper, without its position table', () => {
    const count = Object.entries(shapes)
      .filter(([name]) => name !== 'embed_positions.weight')
      .reduce(
        (sum, [, shape]) => sum + shape.split(',').reduce((product, size) => product * Number(size), 1),
        0,
      );
    expect(count).toBe(320_329_025);
  });
});

describe.each(GOLDEN_MODELS)('%s', (model) => {
  it('pools an odd frame with zeros, as PyTorch does', async () => {
    const config = configOf(model);
    const golden = goldenTensors(model);
    const mel = golden.get('odd.mel')!;
    const network = await Network.open(
      stableEncoder(config),
      await openSafetensorsWeights(goldenFolder(model)),
      {
        ignore: () => true,
      },
    );
    const [frames] = mel.shape;
    const visible = BigInt64Array.of(BigInt(Math.ceil(frames / 2)));
    const { ids, features } = await network.run(
      {
        mel: { type: 'float32', shape: [1, frames, config.bands], data: mel.data as Float32Array },
        visible: { type: 'int64', shape: [1], data: visible },
      },
      ['ids', 'features'],
    );
    await network.close();
    expect([...(ids.data as Int32Array)]).toEqual([...(golden.get('odd.ids')!.data as Int32Array)]);
    const expected = golden.get('odd.features')!;
    expect(features.shape).toEqual([1, ...expected.shape]);
    for (const [i, value] of (expected.data as Float32Array).entries())
      expect(Math.abs((features.data as Float32Array)[i] - value)).toBeLessThan(2e-4);
  });
});
