import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { formatKeyFile, keyDigest, parseKeyFile, randomKey, type StoredKey } from '../server/key-file.ts';
import { CliError, EXIT_CODES, oneLine, systemCode } from './cli-error.ts';
import { keysTokenCommand } from './keys-token.ts';

/** Long enough for an address or a sentence, short enough for a table. */
const MAX_NAME_CHARACTERS = 80;
/** Read and written by its owner alone. */
const FILE_MODE = 0o600;

interface KeysFlags {
  readonly keys: string;
}

/** The `keys` command: who may call a server. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('Keep the keys with which callers open a server, and sign tokens for pages.')
    .addCommand(
      new Command('add')
        .description('Make a key and print it, this once; the file keeps its hash only.')
        .argument('<name>', 'whose it is')
        .addOption(fileOption())
        .action((name: string, flags: KeysFlags) => addKey(flags.keys, name, new Date())),
    )
    .addCommand(
      new Command('list')
        .description('List the names and creation dates of the keys.')
        .addOption(fileOption())
        .option('--json', 'print JSON')
        .action((flags: KeysFlags & { readonly json?: true }) => listKeys(flags.keys, flags.json === true)),
    )
    .addCommand(
      new Command('revoke')
        .description('Take a key away; a running server refuses it from the next request on.')
        .argument('<name>', 'whose it is')
        .addOption(fileOption())
        .action((name: string, flags: KeysFlags) => revokeKey(flags.keys, name)),
    )
    .addCommand(keysTokenCommand())
    .addHelpText(
      'after',
      `
Examples:
  ossicle keys add shop --keys keys.json       prints the key; "ossicle serve --keys keys.json" takes it
  ossicle keys revoke shop --keys keys.json    no restart needed
  ossicle keys token --origin https://shop.example
                                               a token as the site's backend signs them, to try it out`,
    );
}

function fileOption(): Option {
  return new Option('--keys <file>', 'where the keys are').env('OSSICLE_KEYS').makeOptionMandatory();
}

async function addKey(path: string, name: string, now: Date): Promise<void> {
  if (name.trim() === '' || name.length > MAX_NAME_CHARACTERS || /\p{Cc}/u.test(name)) {
    throw new CliError(`A name has 1 to ${MAX_NAME_CHARACTERS} characters, on one line.`);
  }
  const key = randomKey();
  await changeKeys(path, 'create', (keys) => {
    if (keys.some((each) => each.name === name)) {
      throw new CliError(`${path}: "${name}" has a key already. Revoke it first, or choose another name.`);
    }
    return [...keys, { name, createdAt: now.toISOString(), sha256: keyDigest(key) }];
  });
  process.stdout.write(`${key}\n`);
  process.stderr.write(`This is the key of "${name}". It is not shown again; ${path} keeps its hash.\n`);
}

async function listKeys(path: string, asJson: boolean): Promise<void> {
  const keys = await readKeys(path);
  const rows = keys.map(({ name, createdAt }) => ({ name, createdAt }));
  if (asJson) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  for (const { name, createdAt } of rows) process.stdout.write(`${createdAt}  ${name}\n`);
  if (rows.length === 0) process.stderr.write(`${path} holds no key.\n`);
}

async function revokeKey(path: string, name: string): Promise<void> {
  await changeKeys(path, 'keep', (keys) => {
    const left = keys.filter((each) => each.name !== name);
    if (left.length === keys.length) {
      throw new CliError(`${path}: there is no key of "${name}". "ossicle keys list" shows whose there are.`);
    }
    return left;
  });
  process.stderr.write(`The key of "${name}" is revoked.\n`);
}

/**
 * Changes the file as a whole or not at all; two commands at once do not lose each other's change.
 *
 * @param missing What to do where there is no file: `create` one, or `keep` it so and fail.
 */
async function changeKeys(
  path: string,
  missing: 'create' | 'keep',
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> {
  const draftPath = `${path}.new`;
  try {
    if (missing === 'create') await mkdir(dirname(path), { recursive: true });
    // The new content's file is the lock at the same time: whoever makes it may change the keys.
    const draft = await open(draftPath, 'wx', FILE_MODE);
    try {
      const isNew = missing === 'create' && !(await exists(path));
      await draft.writeFile(formatKeyFile(change(isNew ? [] : await readKeys(path))));
      await draft.sync();
      await draft.close();
      await rename(draftPath, path);
    } catch (error) {
      await draft.close();
      await rm(draftPath, { force: true });
      throw error;
    }
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    if (systemCode(cause) === 'EEXIST') {
      throw new CliError(
        `${path}: another command is changing it. If none is, remove ${draftPath}.`,
        EXIT_CODES.failure,
      );
    }
    throw new CliError(`${path}: cannot be written (${systemCode(cause) ?? oneLine(cause)}).`, EXIT_CODES.usage, {
      cause,
    });
  }
}

async function readKeys(path: string): Promise<readonly StoredKey[]> {
  try {
    return parseKeyFile(await readFile(path, 'utf8'));
  } catch (cause) {
    const why = systemCode(cause) === undefined ? oneLine(cause) : `cannot be read (${systemCode(cause)}).`;
    throw new CliError(`${path}: ${why}`, EXIT_CODES.usage, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
