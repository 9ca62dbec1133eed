import { startServerProcess } from '../../server-process.ts';
import { type BenchCommand, runBenchCommand } from '../load/bench-command.ts';
import { measurePage } from './page-audit.ts';

const RUN_COUNT = 5;

const COMMAND: BenchCommand = {
  name: 'lighthouse',
  about: 'Has Lighthouse judge the built page, as a phone shows it, from a real server on this machine',
  duration: 'one visit instead of five',
  async measure(isQuick, progress) {
    const server = await startServerProcess([]);
    try {
      return { table: await measurePage(server.origin, isQuick ? 1 : RUN_COUNT, progress), corpusName: 'none' };
    } finally {
      server.child.kill('SIGTERM');
    }
  },
};

/** Runs the command. @returns Its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await runBenchCommand(COMMAND, args);
}
