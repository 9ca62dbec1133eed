/**
 * Measures drift detection in simulated fleets against its bars and its peers: `npm run bench -- drift [options]`;
 * `--help` lists them.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./drift/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'drift/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
