/**
 * Posts bodies made to break the server to a real one: `npm run bench -- fuzz [count] [seed]`, 10,000 in all by default,
 * after a build. Fails on a crash, on any 5xx, and on a refusal without a message.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./server/fuzz.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'server/fuzz.ts'), {
  configFile: false,
  logLevel: 'error',
});
const [count = '10000', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
process.exitCode = await module.fuzz(Number(count), Number(seed));
