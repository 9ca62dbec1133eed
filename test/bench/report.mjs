/** Writes docs/benchmarks.md again of all tables kept in docs/benchmarks/, and measures nothing: `npm run bench -- report`. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./front-end/kept-tables.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'front-end/kept-tables.ts'), {
  configFile: false,
  logLevel: 'error',
});
module.writeReport();
