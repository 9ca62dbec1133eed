/**
 * Draws the app's icons from its mark, and takes its screenshots from the real page: `npm run pictures`, after a build.
 * Both lie in public/ and are named by the web app manifest.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./pictures/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'pictures/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
await module.main();
