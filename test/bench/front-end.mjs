/**
 * Measures the audio front end against its bars: `npm run bench -- front-end [TABLE]… [options]`; `--help` lists both.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./front-end/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'front-end/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
