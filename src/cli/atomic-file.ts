import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a file so that it is there whole or not at all: into another folder of the same disk, then moved into place.
 *
 * @param partsFolder Where the unfinished file lies; it must exist.
 */
export async function writeAtomically(path: string, content: string | Uint8Array, partsFolder: string): Promise<void> {
  const partPath = join(partsFolder, randomUUID());
  await writeFile(partPath, content);
  await rename(partPath, path);
}
