/**
 * Speaks to the library in Chromium, Firefox ESR and WebKitGTK: `node test/engines/run.mjs [name of a test]`.
 *
 * What is missing is installed with apt-get where that is possible; an engine that cannot be had is named, and the others
 * are tested. Without Chromium it fails. Needs `npm run build`.
 */
import { startVitest } from 'vitest/node';
import { ensureChromium } from '../chromium.mjs';
import { installEngines } from './install.mjs';

const root = new URL('../../', import.meta.url).pathname;

ensureChromium();
const missing = installEngines();
const tellMissing = () => {
  for (const { engine, reason } of missing) console.error(`engines: ${engine} is not tested: ${reason}`);
};
tellMissing();
if (missing.some(({ engine }) => engine === 'Chromium')) process.exit(1);
process.env['OSSICLE_MISSING_ENGINES'] = missing.map(({ engine }) => engine).join(',');

const [name] = process.argv.slice(2);
const vitest = await startVitest('test', [], {
  root,
  config: false,
  watch: false,
  include: ['test/engines/**/*.test.ts'],
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 60_000,
  // Real engines on live sound, maybe on a busy machine: Vitest names every test that needed another try.
  retry: 2,
  ...(name === undefined ? {} : { testNamePattern: name }),
});
await vitest.close();
tellMissing();
