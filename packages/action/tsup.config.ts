import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    data: 'src/data/index.ts',
    evaluation: 'src/evaluation/index.ts',
    learned: 'src/learned/index.ts',
    node: 'src/node/index.ts',
    mcap: 'src/mcap/index.ts',
    pipeline: 'src/pipeline/index.ts',
    replay: 'src/replay/index.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  sourcemap: false,
  splitting: true,
  target: 'es2022',
});
