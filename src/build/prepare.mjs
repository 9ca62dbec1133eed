/**
 * Runs after `npm install` in a clone: builds the kernel and the command line, so that `npm run ossicle` works at once.
 *
 * Does nothing where the tools to build with were left out (`npm install --omit=dev`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TOOLS = ['@ricky0123/vad-web', '@vitest/browser-playwright', 'assemblyscript', 'playwright', 'vite', 'vitest'];

if (TOOLS.every((name) => existsSync(`node_modules/${name}/package.json`))) {
  run('src/kernel/build/build.mjs', '--quiet');
  run('node_modules/vite/bin/vite.js', 'build', '--mode', 'node', '--logLevel', 'warn');
}

/** @param {string[]} args */
function run(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
