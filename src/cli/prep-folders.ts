import type { Stats } from 'node:fs';
import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { CliError, systemCode } from './cli-error.ts';
import { requireSameContract, type WrittenContract } from './prep-contract.ts';
import { CONTRACT_FILE, compareText } from './recording-tree.ts';

/** Folder of the clips, in the folder of results. */
export const CLIPS_FOLDER = 'clips';
const PARTS_FOLDER = '.parts';

/**
 * Makes sure that recordings can be read from one folder into the other.
 *
 * @throws CliError when the first is no folder, holds clips already, or lies in the second.
 */
export async function requireFolders(inFolder: string, outFolder: string): Promise<void> {
  let stats: Stats;
  try {
    stats = await stat(inFolder);
  } catch (error) {
    const why = systemCode(error) === 'ENOENT' ? 'there is no such folder' : `it cannot be read (${systemCode(error)})`;
    throw new CliError(`${inFolder}: ${why}; name the folder of the recordings.`);
  }
  if (!stats.isDirectory()) throw new CliError(`${inFolder}: this is a file; name the folder that it lies in.`);
  const from = await realpath(inFolder);
  const to = await realpath(outFolder).catch(() => resolve(outFolder));
  if (from === to) throw new CliError(`${outFolder}: the clips need a folder of their own; name another one.`);
  if (from.startsWith(`${to}${sep}`)) {
    throw new CliError(
      `${inFolder}: it lies in ${outFolder}, into which the clips are written; name another folder for these.`,
    );
  }
  if (await stat(join(from, CONTRACT_FILE)).catch(() => undefined)) {
    throw new CliError(`${inFolder}: it holds prepared clips already; name the folder of the recordings themselves.`);
  }
}

/**
 * Begins the folder of results, or takes one up that was begun under the same contract.
 *
 * @returns The folder for unfinished files, empty.
 * @throws CliError when it holds something else, was begun under another contract, or cannot be written.
 */
export async function openOutFolder(outFolder: string, contract: WrittenContract): Promise<string> {
  const contractPath = join(outFolder, CONTRACT_FILE);
  const partsFolder = join(outFolder, PARTS_FOLDER);
  try {
    await mkdir(outFolder, { recursive: true });
    const names = await readdir(outFolder);
    if (names.includes(CONTRACT_FILE)) await requireSameContract(contractPath, contract);
    else if (names.some((name) => !name.startsWith('.'))) {
      throw new CliError(`${outFolder}: it holds other files; name an empty folder, or one that need not exist yet.`);
    }
    await rm(partsFolder, { recursive: true, force: true });
    await mkdir(partsFolder);
    if (!names.includes(CONTRACT_FILE)) await writeAtomically(contractPath, contract.text, partsFolder);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `${outFolder}: it cannot be written (${systemCode(error) ?? 'unknown error'}); name another folder.`,
      undefined,
      { cause: error },
    );
  }
  return partsFolder;
}

/** Clips on the disk that are not among the listed ones, relative to the folder of results. */
export async function leftoverClips(outFolder: string, listed: ReadonlySet<string>): Promise<readonly string[]> {
  const folder = join(outFolder, CLIPS_FOLDER);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(outFolder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !listed.has(path))
    .sort(compareText);
}
