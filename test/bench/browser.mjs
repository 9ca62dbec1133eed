/** Measures the built pipeline beside vad-web in one Chromium: `npm run bench -- browser [options]`; `--help` lists them. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./browser/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'browser/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
