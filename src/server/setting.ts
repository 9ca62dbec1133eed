/** One thing that a command can be told: by a flag, or by an environment variable. */
export interface Setting<T> {
  /** The flag as commander writes it: `--port <number>`, or `--https` for a switch. */
  readonly flag: string;
  readonly help: string;
  /** What holds when nothing is said. */
  readonly initial: T;
  /** Words for {@link initial} in the help, where the value says too little; an empty one says nothing. */
  readonly initialHelp?: string;
  /**
   * Reads what was given: each use of a flag is one text, a variable is one.
   *
   * @throws RangeError which says what may be given, as a sentence.
   */
  readonly read: (texts: readonly string[]) => T;
}

/** A setting for each field of `C`; each field is named after its flag, in camel case. */
export type SettingTable<C> = { readonly [Name in keyof C]: Setting<C[Name]> };

/** The environment variable that says the same as a flag: `--rate-per-key <count>` is `OSSICLE_RATE_PER_KEY`. */
export function variableOf(flag: string): string {
  const name = /^--([a-z0-9-]+)/.exec(flag)?.[1] ?? '';
  return `OSSICLE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads all settings of a table: the flag goes before the variable, the variable before the initial value.
 *
 * @param flags The texts of each flag that was given, by field.
 * @param environment Variables by name; an empty one counts as not set.
 * @throws RangeError naming the flag or the variable, what it held and what it may hold.
 */
export function readSettings<C extends object>(
  table: SettingTable<C>,
  flags: Readonly<Record<string, readonly string[]>>,
  environment: Readonly<Record<string, string | undefined>>,
): C {
  const config: Partial<C> = {};
  for (const name of Object.keys(table) as (keyof C & string)[])
    config[name] = readSetting(table, name, flags, environment);
  // The loop has set every field of the table, which has every field of C.
  return config as C;
}

function readSetting<C extends object, Name extends keyof C & string>(
  table: SettingTable<C>,
  name: Name,
  flags: Readonly<Record<string, readonly string[]>>,
  environment: Readonly<Record<string, string | undefined>>,
): C[Name] {
  const setting: Setting<C[Name]> = table[name];
  const variable = variableOf(setting.flag);
  const fromEnvironment = environment[variable] ?? '';
  const given = flags[name];
  const texts = given ?? (fromEnvironment === '' ? undefined : [fromEnvironment]);
  if (texts === undefined) return setting.initial;
  try {
    return setting.read(texts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const source = given === undefined ? variable : (setting.flag.split(' ')[0] ?? setting.flag);
    throw new RangeError(`${source}: ${error.message}`);
  }
}
