import { startServerProcess } from '../../server-process.ts';
import { type BenchCommand, runBenchCommand } from './bench-command.ts';
import { loadClips } from './clips.ts';
import { measureLoad } from './load-stages.ts';

const THREAD_COUNT = 2;

const COMMAND: BenchCommand = {
  name: 'load',
  about: 'Loads a real server on this machine with real clips of 3 s, up to five times what it can take',
  duration: 'one minute instead of six',
  async measure(isQuick, progress) {
    const clips = await loadClips();
    const server = await startServerProcess(['--threads', String(THREAD_COUNT)]);
    try {
      const table = await measureLoad(server.origin, clips, isQuick, progress);
      return { table, corpusName: `${clips.corpusName}, ${clips.cut.length} segments` };
    } finally {
      server.child.kill('SIGTERM');
    }
  },
};

/** Runs the command. @returns Its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await runBenchCommand(COMMAND, args);
}
