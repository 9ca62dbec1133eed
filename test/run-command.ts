import { spawn } from 'node:child_process';

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without what an outer `npm run` put into it, which would lead an inner npm to the outer project. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const isNpms = /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_local_prefix$|INIT_CWD$)/;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !isNpms.test(name) && !name.startsWith('VITEST')),
  );
}

/** Runs a command in a folder to its end, with nothing on its standard input. */
export function runCommand(command: string, args: readonly string[], folder: string): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/**
 * Runs a command that has to succeed.
 *
 * @returns Its standard output.
 * @throws Error with everything it printed, when its exit code is not 0.
 */
export async function runToSuccess(command: string, args: readonly string[], folder: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(command, args, folder);
  if (exitCode === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`);
}
