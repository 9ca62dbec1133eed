import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Where each package keeps the program that is run; without npm in between, which takes longer to start than to run. */
const PROGRAMS = /** @type {const} */ ({
  typescript: 'typescript/bin/tsc',
  // The compiler in machine code checks in a fifth of the time; declarations are written by the one that TypeDoc reads with.
  typescript7: 'typescript7/bin/tsc',
  vite: 'vite/bin/vite.js',
});

/** @typedef {readonly [program: keyof typeof PROGRAMS, ...args: string[]]} Tool */

/**
 * Runs programs of the installed packages, two at a time; their output goes to this process's.
 *
 * @param {readonly Tool[]} tools
 * @returns {Promise<number>} 0 when all succeeded, else the exit code of one that failed.
 */
export async function runTools(tools) {
  const waiting = [...tools];
  let exitCode = 0;
  const run = async () => {
    for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) {
      exitCode = (await runTool(tool)) || exitCode;
    }
  };
  await Promise.all([run(), run()]);
  return exitCode;
}

/**
 * @param {Tool} tool
 * @returns {Promise<number>}
 */
function runTool([program, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [programPath(program), ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * @param {keyof typeof PROGRAMS} program
 * @returns {string}
 */
function programPath(program) {
  const [name, ...rest] = PROGRAMS[program].split('/');
  return require.resolve(`${name}/package.json`).replace(/package\.json$/, rest.join('/'));
}
