import { dirname, resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { readInput } from './read-input.ts';

/** One recording with its reference text. */
export interface ManifestClip {
  /** As the manifest writes it. */
  readonly file: string;
  /** Where it lies. */
  readonly path: string;
  readonly set: string;
  readonly transcript: string;
}

/** The clips of a manifest that can be scored. */
export interface Manifest {
  readonly clips: readonly ManifestClip[];
  /** Clips left out for want of a transcript, of the chosen sets. */
  readonly withoutTranscriptCount: number;
}

/** Which clips of a manifest are wanted. */
export interface ManifestChoice {
  /** Names of sets; all when empty. */
  readonly sets: readonly string[];
  /** Most clips of each set, in the order of the manifest. */
  readonly limit: number;
}

/** Set of the clips that name none. */
export const UNNAMED_SET = 'unnamed';

interface Entry {
  readonly file: string;
  readonly set: string;
  readonly transcript: string | undefined;
}

function parseEntry(line: string, where: string): Entry {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new CliError(`${where}: not JSON; a manifest holds one JSON object on each line.`, undefined, {
      cause: error,
    });
  }
  if (typeof parsed !== 'object' || parsed === null || !('path' in parsed) || typeof parsed.path !== 'string') {
    throw new CliError(`${where}: no "path" with the name of a recording; add it.`);
  }
  const set = 'set' in parsed ? parsed.set : undefined;
  const transcript = 'transcript' in parsed ? parsed.transcript : undefined;
  if (set !== undefined && set !== null && typeof set !== 'string') {
    throw new CliError(`${where}: "set" is ${typeof set}; make it a string, or leave it out.`);
  }
  if (transcript !== undefined && transcript !== null && typeof transcript !== 'string') {
    throw new CliError(
      `${where}: "transcript" is ${typeof transcript}; make it a string, or null where there is none.`,
    );
  }
  return { file: parsed.path, set: set ?? UNNAMED_SET, transcript: transcript?.trim() ? transcript : undefined };
}

/**
 * Reads a manifest: one JSON object on each line, with `path` (relative to the manifest), `transcript` and `set`.
 *
 * @throws CliError when it cannot be read, a line is no entry, a chosen set is not in it, or no clip has a transcript.
 */
export async function readManifest(path: string, choice: ManifestChoice): Promise<Manifest> {
  const entries = new TextDecoder()
    .decode(await readInput(path))
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseEntry(line, `${path}, line ${i + 1}`)]));
  const known = new Set(entries.map((entry) => entry.set));
  for (const set of choice.sets) {
    if (!known.has(set)) throw new CliError(`${path}: no set "${set}"; it holds ${[...known].sort().join(', ')}.`);
  }
  const folder = dirname(path);
  const counts = new Map<string, number>();
  const clips: ManifestClip[] = [];
  let withoutTranscriptCount = 0;
  for (const { file, set, transcript } of entries) {
    if (choice.sets.length > 0 && !choice.sets.includes(set)) continue;
    if (transcript === undefined) {
      withoutTranscriptCount++;
      continue;
    }
    const count = counts.get(set) ?? 0;
    if (count >= choice.limit) continue;
    counts.set(set, count + 1);
    clips.push({ file, path: resolve(folder, file), set, transcript });
  }
  if (clips.length === 0) throw new CliError(`${path}: none of the chosen clips has a transcript; choose other sets.`);
  return { clips, withoutTranscriptCount };
}
