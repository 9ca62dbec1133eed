import type { Command } from 'commander';
import { ossicleProgram } from '../../src/cli/program.ts';
import { codeBlock } from './markdown.ts';

/** What `--help` of every command says. */
export function commandPage(version: string): string {
  const program = ossicleProgram(version);
  return `# Commands

\`npm run -s ossicle -- COMMAND\` in a clone, after \`npm ci\` and \`npm run build\`; \`npx ossicle COMMAND\` in a project. This page
is what \`--help\` says. With \`--json\`, standard output holds JSON only. A wrong file or option is one line on standard
error, and exit code 2.

${program.commands.flatMap((command) => [section(command, 2), ...command.commands.map((each) => section(each, 3))]).join('\n\n')}
`;
}

function section(command: Command, level: number): string {
  const name = command.parent?.name() === 'ossicle' ? command.name() : `${command.parent?.name()} ${command.name()}`;
  return `${'#'.repeat(level)} ${name}\n\n${codeBlock('text', helpOf(command))}`;
}

/** The whole help, with what is said after the options. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}
