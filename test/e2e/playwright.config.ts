import { defineConfig } from 'playwright/test';

const root = new URL('../../', import.meta.url).pathname;

/**
 * End to end: the built page, the built server, a recording as the microphone. Needs `npm run build`.
 *
 * Sound runs in real time, and two pages with two recognisers are what a machine with two cores keeps up with. On CI's
 * shared machines a test gets another try, and is then named as flaky.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: `${root}test-results/e2e`,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  forbidOnly: true,
  retries: process.env['CI'] === undefined ? 0 : 1,
});
