import { readFile } from 'node:fs/promises';
import { CliError, oneLine, systemCode } from './cli-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'there is no such file; check the path',
  EISDIR: 'this is a folder; name the files in it',
  EACCES: 'this file may not be read; check its permissions',
  ERR_FS_FILE_TOO_LARGE: 'this file is larger than 2 GiB; cut it into shorter pieces',
};

/**
 * Reads a file that the user named.
 *
 * @throws CliError when it is missing, a folder, unreadable or empty.
 */
export async function readInput(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new CliError(`${path}: ${REASONS[systemCode(error) ?? ''] ?? oneLine(error)}.`, undefined, { cause: error });
  }
  if (bytes.length === 0) throw new CliError(`${path}: the file is empty (0 bytes); give another one.`);
  return bytes;
}
