/**
 * Posts full flushes of devices' metrics to a real server, as fast as it takes them: `npm run bench -- ingest [options]`;
 * `--help` lists them.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./ingest/ingest-main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'ingest/ingest-main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
