import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './run-command.ts';

const COMMAND = fileURLToPath(new URL('../dist/node/ossicle.js', import.meta.url));

/** `ossicle serve` as a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Where it said it is, without a slash at the end. */
  readonly origin: string;
}

/**
 * Starts `ossicle serve` with one recogniser on a free port, and waits until it takes clips.
 *
 * @param command The program, where it is not the one of this repository.
 */
export function startServerProcess(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  command: string = COMMAND,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--threads', '1', ...args], {
    env: { ...plainEnvironment(), ...environment },
  });
  return new Promise((resolve, reject) => {
    let printed = '';
    const hear = (text: Buffer): void => {
      printed += text.toString();
      const address = /^Ossicle is at (http:\S+)\/$/m.exec(printed)?.[1];
      if (address !== undefined) resolve({ child, origin: address });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', () => reject(new Error(`The server ended: ${printed}`)));
  });
}
