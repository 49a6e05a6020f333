import { defineConfig } from 'tsup';

/** A command, not a library: ES modules alone, one chunk per subcommand so that each start loads what it needs. */
export default defineConfig({
  entry: { main: 'src/main.ts' },
  format: ['esm'],
  clean: true,
  splitting: true,
  target: 'es2022',
});
