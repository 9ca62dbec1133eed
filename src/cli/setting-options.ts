import { type Command, Option } from 'commander';
import { readSettings, type Setting, type SettingTable, variableOf } from '../server/setting.ts';
import { CliError } from './cli-error.ts';

/** Adds an option for every setting of a table; `--help` names its variable and what holds without it. */
export function addSettings<C extends object>(command: Command, table: SettingTable<C>): void {
  for (const setting of Object.values<Setting<unknown>>(table)) {
    const option = new Option(
      setting.flag,
      `${setting.help} (${[...initialWords(setting), variableOf(setting.flag)].join('; ')})`,
    );
    // Texts are collected here and read in one place, whether they come from a flag or from a variable.
    if (option.required) option.argParser((text: string, earlier: readonly string[] = []) => [...earlier, text]);
    command.addOption(option);
  }
}

/**
 * Reads a table's settings from what commander collected and from the environment.
 *
 * @throws CliError naming the flag or the variable at fault.
 */
export function settingsOf<C extends object>(
  table: SettingTable<C>,
  flags: Readonly<Record<string, readonly string[] | true>>,
  environment: NodeJS.ProcessEnv,
): C {
  const texts = Object.entries(flags).map(([name, given]) => [name, given === true ? ['true'] : given] as const);
  try {
    return readSettings(table, Object.fromEntries(texts), environment);
  } catch (error) {
    if (error instanceof RangeError) throw new CliError(error.message);
    throw error;
  }
}

function initialWords({ initial, initialHelp }: Setting<unknown>): readonly string[] {
  const words = initialHelp ?? (initial === undefined || initial === false ? '' : String(initial));
  return words === '' ? [] : [`default: ${words}`];
}
