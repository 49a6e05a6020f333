import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    bpe: 'src/bpe/index.ts',
    kernels: 'src/kernels/index.ts',
    'kernels-tfjs': 'src/kernels/tfjs/index.ts',
    'kernels-webgpu': 'src/kernels/webgpu/index.ts',
    metrics: 'src/metrics/index.ts',
    onnx: 'src/onnx/index.ts',
    pca: 'src/pca/index.ts',
    quantizers: 'src/quantizers/index.ts',
    'quantizers-train': 'src/quantizers/train/index.ts',
    io: 'src/io/index.ts',
    node: 'src/node/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  sourcemap: false,
  splitting: true,
  target: 'es2022',
});
