/**
 * Keeps a real server busy for ten minutes with all that clients do: `npm run bench -- soak [options]`; `--help` lists them.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./load/soak-main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'load/soak-main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
