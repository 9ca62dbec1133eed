import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { systemCode } from './cli-error.ts';

/** What lies in a folder of recordings. */
export interface RecordingTree {
  /** WAV and FLAC files by name, relative to the folder, with `/`, in the order of their code units. */
  readonly recordings: readonly string[];
  /** Recordings and folders that cannot be reached, and why. */
  readonly unreachable: readonly { readonly path: string; readonly reason: string }[];
  /** Other files, counted by their lower-case ending. */
  readonly otherFileCounts: ReadonlyMap<string, number>;
  /** Folders passed over because they hold clips that were cut already. */
  readonly preparedFolders: readonly string[];
}

/** The file by which a folder of prepared clips is known. */
export const CONTRACT_FILE = 'clip-contract.json';

const RECORDING_ENDINGS: readonly string[] = ['.wav', '.wave', '.flac'];

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'a link that leads nowhere; mend or remove it.',
  ELOOP: 'a link that leads back to itself; mend or remove it.',
  EACCES: 'it may not be read; check its permissions.',
};

function whyUnreachable(error: unknown): string {
  const code = systemCode(error) ?? 'unknown error';
  return REASONS[code] ?? `it cannot be read (${code}).`;
}

/** By code units, so that the order is the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

class TreeWalk {
  readonly recordings: string[] = [];
  readonly unreachable: { path: string; reason: string }[] = [];
  readonly otherFileCounts = new Map<string, number>();
  readonly preparedFolders: string[] = [];
  readonly #root: string;
  readonly #excluded: string;

  constructor(root: string, excluded: string) {
    this.#root = root;
    this.#excluded = excluded;
  }

  /** @param ancestors Real paths of the folders above, by which a link that leads back up is known. */
  async walk(folder: string, ancestors: readonly string[]): Promise<void> {
    let entries: Dirent[];
    let here: string;
    try {
      here = await realpath(join(this.#root, folder));
      if (ancestors.includes(here) || here === this.#excluded) return;
      entries = await readdir(here, { withFileTypes: true });
    } catch (error) {
      this.unreachable.push({ path: folder === '' ? '.' : folder, reason: whyUnreachable(error) });
      return;
    }
    if (folder !== '' && entries.some(({ name }) => name === CONTRACT_FILE)) {
      this.preparedFolders.push(folder);
      return;
    }
    for (const { name } of entries.sort((a, b) => compareText(a.name, b.name))) {
      if (!name.startsWith('.')) await this.#enter(folder === '' ? name : `${folder}/${name}`, [...ancestors, here]);
    }
  }

  async #enter(path: string, ancestors: readonly string[]): Promise<void> {
    const ending = extname(path).toLowerCase();
    const isRecording = RECORDING_ENDINGS.includes(ending);
    let stats: Stats;
    try {
      stats = await stat(join(this.#root, path));
    } catch (error) {
      if (isRecording) this.unreachable.push({ path, reason: whyUnreachable(error) });
      return;
    }
    if (stats.isDirectory()) return this.walk(path, ancestors);
    if (!isRecording) this.otherFileCounts.set(ending, (this.otherFileCounts.get(ending) ?? 0) + 1);
    else if (stats.isFile()) this.recordings.push(path);
    else this.unreachable.push({ path, reason: 'neither a file nor a folder; remove it.' });
  }
}

/**
 * Finds the recordings under a folder. Links are followed, except those that lead back up; hidden files and folders are
 * passed over, and so are folders of prepared clips.
 *
 * @param outFolder Never entered, wherever it lies; it need not exist.
 */
export async function findRecordings(inFolder: string, outFolder: string): Promise<RecordingTree> {
  const excluded = await realpath(outFolder).catch(() => outFolder);
  const walk = new TreeWalk(inFolder, excluded);
  await walk.walk('', []);
  walk.recordings.sort(compareText);
  walk.unreachable.sort((a, b) => compareText(a.path, b.path));
  return walk;
}
