/** Has Lighthouse judge the built page as a phone shows it: `npm run bench -- lighthouse [options]`; `--help` lists them. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./lighthouse/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'lighthouse/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
