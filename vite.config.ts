import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: 'src/app',
  test: {
    root: '.',
    projects: [{ test: { name: 'unit', root: '.', environment: 'node', include: ['test/unit/**/*.test.ts'] } }],
  },
});
