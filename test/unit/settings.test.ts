import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSettings, settingsOf } from '../../src/cli/setting-options.ts';
import { SERVE_SETTINGS, type ServeConfig } from '../../src/server/config.ts';
import { readSettings, type Setting, variableOf } from '../../src/server/setting.ts';

const NAMES = Object.keys(SERVE_SETTINGS) as (keyof ServeConfig)[];

function read(flags: Record<string, readonly string[]>, environment: Record<string, string> = {}): ServeConfig {
  return readSettings(SERVE_SETTINGS, flags, environment);
}

/** The settings of a whole command line, as `ossicle serve` gets them. */
function parse(args: readonly string[], environment: Record<string, string> = {}): ServeConfig {
  const command = new Command('serve').exitOverride();
  addSettings(command, SERVE_SETTINGS);
  command.parse(args, { from: 'user' });
  return settingsOf(SERVE_SETTINGS, command.opts(), environment);
}

describe('the settings of the server', () => {
  it('are listed in the help, each with its variable', () => {
    const command = new Command('serve').configureHelp({ helpWidth: 1000 });
    addSettings(command, SERVE_SETTINGS);
    const lines = command.helpInformation().split('\n');
    for (const { flag, help } of Object.values<Setting<unknown>>(SERVE_SETTINGS)) {
      const line = lines.find((each) => each.trim().startsWith(`${flag} `)) ?? '';
      expect(line, flag).toContain(help);
      expect(line, flag).toContain(variableOf(flag));
    }
  });

  it('are found under the names of their flags', () => {
    for (const name of NAMES) {
      const camelCase = SERVE_SETTINGS[name].flag
        .replace(/^--(\S+).*/, '$1')
        .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      expect(camelCase).toBe(name);
    }
  });

  it('come from the flag before the variable, and from the variable before the initial value', () => {
    fc.assert(
      fc.property(fc.option(fc.nat(65_535)), fc.option(fc.nat(65_535)), (flag, variable) => {
        const config = parse(
          flag === null ? [] : ['--port', String(flag)],
          variable === null ? {} : { OSSICLE_PORT: String(variable) },
        );
        expect(config.port).toBe(flag ?? variable ?? 8790);
      }),
    );
  });

  it('take an empty variable for none', () => {
    expect(read({}, Object.fromEntries(NAMES.map((name) => [variableOf(SERVE_SETTINGS[name].flag), ''])))).toEqual(
      read({}),
    );
  });

  it('take lists from several flags and from commas', () => {
    const expected = ['https://a.example', 'https://b.example'];
    expect(parse(['--allow-origin', 'https://a.example', '--allow-origin', 'https://b.example']).allowOrigin).toEqual(
      expected,
    );
    expect(parse([], { OSSICLE_ALLOW_ORIGIN: 'https://a.example, https://b.example/' }).allowOrigin).toEqual(expected);
  });

  it('take a switch without value, and its variable with one', () => {
    expect(parse(['--https']).https).toBe(true);
    expect(parse([], { OSSICLE_HTTPS: '1' }).https).toBe(true);
    expect(parse([], { OSSICLE_HTTPS: 'false' }).https).toBe(false);
    expect(parse(['--https'], { OSSICLE_HTTPS: 'false' }).https).toBe(true);
  });

  it.each([
    ['port', '65536', /whole number from 0 to 65535, got "65536"/],
    ['port', '1e3', /whole number/],
    ['https', 'maybe', /true or false/],
    ['tau', '1.1', /from 0 to 1/],
    ['automationLevel', 'L5', /one of L0, L1, L2, L3, L4/],
    ['trustProxy', '10.0.0.0/33', /10\.0\.0\.0\/8/],
    ['trustProxy', 'proxy.example', /10\.0\.0\.1/],
    ['allowOrigin', '*', /https:\/\/example\.com/],
    ['key', 'two words', /visible ASCII/],
    ['idempotency', 'redis://cache', /memory, off, or .*nats:/],
    ['tokenSecret', 'too short', /32 bytes or more/],
    ['deadlineMs', '0', /from 1/],
    ['models', ' ', /must not be empty/],
  ] as const)('refuse %s %j, from flag and variable alike, saying what may be given', (name, value, message) => {
    const flag = SERVE_SETTINGS[name].flag.split(' ')[0] ?? '';
    expect(() => read({ [name]: [value] })).toThrow(message);
    expect(() => read({ [name]: [value] })).toThrow(new RegExp(`^${flag}: `));
    if (value.trim() === '') return;
    expect(() => read({}, { [variableOf(flag)]: value })).toThrow(message);
    expect(() => read({}, { [variableOf(flag)]: value })).toThrow(new RegExp(`^${variableOf(flag)}: `));
  });

  it('do not repeat secrets in their errors', () => {
    for (const name of ['key', 'tokenSecret', 'idempotency'] as const) {
      expect(() => read({ [name]: ['hush hush'] })).not.toThrow(/hush/);
      expect(() => read({ [name]: ['hush hush'] })).toThrow(RangeError);
    }
  });
});
