/**
 * Measures what Opus costs in words and saves in bytes: `npm run bench -- opus [options]`; `--help` lists them.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./opus/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'opus/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
