/** Measures `<voice-search>` as a site has it, in Chromium: `npm run bench -- widget [options]`; `--help` lists them. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./widget/main.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'widget/main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = await module.main(process.argv.slice(2));
