import { defineConfig } from 'playwright/test';
import { CHROMIUM_ARGUMENTS, findChromium } from '../chromium.mjs';

const executablePath = findChromium();
const root = new URL('../../', import.meta.url).pathname;

/**
 * Pictures of the element, held against those in `pictures/`. After a change of its looks:
 * `npm run test:visual -- --update-snapshots`, then look at every picture that changed.
 *
 * The font is the one that Debian's fontconfig brings with it. Versions of Chromium differ in how they smooth edges:
 * pixels may differ a little in colour, and a few may differ altogether; a line of text that moves is more than that.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: `${root}test-results/visual`,
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  workers: 1,
  timeout: 60_000,
  reporter: [['list']],
  forbidOnly: true,
  updateSnapshots: 'none',
  use: {
    launchOptions: { ...(executablePath === undefined ? {} : { executablePath }), args: [...CHROMIUM_ARGUMENTS] },
  },
  expect: { toHaveScreenshot: { animations: 'disabled', caret: 'hide', threshold: 0.2, maxDiffPixelRatio: 0.004 } },
});
