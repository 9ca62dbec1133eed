#!/usr/bin/env node
import { type Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { refuseOrtTelemetry } from '../server/ort-telemetry.ts';
import { CliError, EXIT_CODES, oneLine, systemCode } from './cli-error.ts';
import { ossicleProgram } from './program.ts';

function fail(message: string, exitCode: number): void {
  process.stderr.write(`ossicle: ${message}\n`);
  process.exitCode = exitCode;
}

/** Commander's message as ours: one line that ends in where to read more. */
function describe(error: CommanderError, program: Command): string {
  const name = process.argv[2] ?? '';
  const help = program.commands.some((command) => command.name() === name)
    ? `ossicle ${name} --help`
    : 'ossicle --help';
  const what = error.code === 'commander.help' ? 'there is no such command' : oneLine(error).replace(/^error: /, '');
  return `${what.replace(/\.$/, '')}; see "${help}".`;
}

async function run(): Promise<void> {
  const program = ossicleProgram(packageJson.version);
  if (process.argv.length <= 2) {
    process.stderr.write(program.helpInformation());
    process.exitCode = EXIT_CODES.usage;
    return;
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) fail(describe(error, program), EXIT_CODES.usage);
    } else fail(oneLine(error), error instanceof CliError ? error.exitCode : EXIT_CODES.failure);
  }
}

process.stdout.on('error', (error) => {
  // Whoever read along has had enough (`| head`): no more to do, and nothing went wrong.
  process.exit(systemCode(error) === 'EPIPE' ? 0 : EXIT_CODES.failure);
});
refuseOrtTelemetry();
await run();
