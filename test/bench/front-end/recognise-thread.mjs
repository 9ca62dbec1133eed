/** A worker thread that recognises clips for the word error rates. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./recognise.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'recognise.ts'), {
  configFile: false,
  logLevel: 'error',
});
await module.serve();
