import { defineConfig } from 'playwright/test';

const root = new URL('../../', import.meta.url).pathname;

/**
 * Sites that install the packed tarball, with Vite, webpack, Next and no bundler. Needs `npm run build` and the package
 * registry. One at a time: builds take all cores, and sound runs in real time.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: `${root}test-results/bundlers`,
  workers: 1,
  timeout: 480_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  forbidOnly: true,
  retries: process.env['CI'] === undefined ? 0 : 1,
});
