import { Command } from 'commander';
import { EXIT_CODES } from './cli-error.ts';
import { driftCommand } from './drift.ts';
import { evalCommand } from './eval.ts';
import { keysCommand } from './keys.ts';
import { labelCheckCommand } from './label-check.ts';
import { prepCommand } from './prep.ts';
import { segmentCommand } from './segment.ts';
import { serveCommand } from './serve.ts';
import { transcribeCommand } from './transcribe.ts';

/** The whole command line; errors are thrown, not printed. */
export function ossicleProgram(version: string): Command {
  const program = new Command('ossicle')
    .description('Speech to text and search, from the microphone of a browser to a server of your own.')
    .version(version)
    .addHelpText(
      'after',
      `
Each command has its own help, with examples: ossicle segment --help

Exit codes: 0 done, 1 something failed here, 2 wrong file or option, 130 interrupted.`,
    );
  for (const command of [segmentCommand(), transcribeCommand(), evalCommand(), labelCheckCommand(), driftCommand()]) {
    // `serve` and `prep` end by themselves; the others hold nothing that an exit would lose.
    command.hook('preAction', () => void process.once('SIGINT', () => process.exit(EXIT_CODES.interrupted)));
    program.addCommand(command);
  }
  program.addCommand(prepCommand());
  program.addCommand(serveCommand());
  program.addCommand(keysCommand());
  for (const command of withSubcommands(program)) {
    // The error is printed once, by whoever runs the program.
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
