import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@polytok/source'] },
  ssr: { resolve: { conditions: ['@polytok/source'] } },
  test: {
    include: [
      'packaging/**/*.test.ts',
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    // The slowest take 20 s on two idle cores; a busy machine needs several times that.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
  },
});
