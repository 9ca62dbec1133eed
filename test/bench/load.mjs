/**
 * Loads a real server up to five times what it can take: `npm run bench -- load [options]`; `--help` lists them.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./load/load-main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'load/load-main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
