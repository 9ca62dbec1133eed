/** Shows what each option of the speech detector is worth on the tuning material: `npm run bench -- tune`; see `--help`. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./tune/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'tune/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
