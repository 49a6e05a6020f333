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
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
