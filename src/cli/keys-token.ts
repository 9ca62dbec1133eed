import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { signToken, TOKEN_LONGEST_SECONDS } from '../server/browser-tokens.ts';
import { SERVE_SETTINGS } from '../server/config.ts';
import { OPTIONAL_PACKAGES } from '../server/server-packages.ts';
import { origin } from '../server/setting-readers.ts';
import type { Seconds } from '../units.ts';
import { CliError, EXIT_CODES, systemCode } from './cli-error.ts';
import { packageError } from './serve-options.ts';

interface TokenFlags {
  readonly secret?: string;
  readonly privateKey?: string;
  readonly origin?: string;
  readonly subject?: string;
  readonly audience: string;
  readonly minutes: string;
}

/** The `keys token` command: a browser token as a site's backend signs them. */
export function keysTokenCommand(): Command {
  return new Command('token')
    .description('Sign a short-lived token for a page and print it.')
    .addOption(new Option('--secret <secret>', 'the secret that the server knows').env('OSSICLE_TOKEN_SECRET'))
    .option('--private-key <file>', 'sign with this private key, PEM (EC P-256, Ed25519, RSA)')
    .option('--origin <url>', 'the site whose pages may use it')
    .option('--subject <name>', 'whom the limits count for: a random name for one visitor')
    .addOption(
      new Option('--audience <name>', 'what the server expects as its audience')
        .env('OSSICLE_TOKEN_AUDIENCE')
        .default(SERVE_SETTINGS.tokenAudience.initial),
    )
    .option('--minutes <count>', `how long it lives, 1 to ${TOKEN_LONGEST_SECONDS / 60}`, '15')
    .action(async (flags: TokenFlags) => {
      process.stdout.write(`${await token(flags)}\n`);
    });
}

async function token(flags: TokenFlags): Promise<string> {
  const key = await signingKey(flags);
  const lifetimeSeconds: Seconds = /^\d{1,4}$/.test(flags.minutes) ? Number(flags.minutes) * 60 : Number.NaN;
  try {
    return await signToken(key, {
      audience: flags.audience,
      lifetimeSeconds,
      ...(flags.origin === undefined ? {} : { origin: origin(flags.origin) }),
      ...(flags.subject === undefined ? {} : { subject: flags.subject }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new CliError(error.message);
    throw packageError(error, 'Browser tokens need', OPTIONAL_PACKAGES.tokens);
  }
}

async function signingKey(flags: TokenFlags): Promise<{ readonly secret: string } | { readonly privatePem: string }> {
  if (flags.privateKey !== undefined) {
    try {
      return { privatePem: await readFile(flags.privateKey, 'utf8') };
    } catch (cause) {
      const why = `cannot be read (${systemCode(cause) ?? 'unknown error'}).`;
      throw new CliError(`${flags.privateKey}: ${why}`, EXIT_CODES.usage, { cause });
    }
  }
  if (flags.secret !== undefined) return { secret: flags.secret };
  throw new CliError('Sign with --secret (or OSSICLE_TOKEN_SECRET), or with --private-key FILE.');
}
