import { SpeechError } from '../errors.ts';
import {
  MODEL_FILE_ROLES,
  type ModelFileEntry,
  type ModelManifest,
  parseModelManifest,
} from '../recogniser/model-manifest.ts';
import type { ModelFiles } from '../recogniser/recogniser.ts';
import { type DownloadOptions, downloadFile, fetchFile } from './file-download.ts';
import type { ModelStore } from './model-store.ts';
import { PartialFile } from './partial-file.ts';

/** Name of the manifest beside a model's files. */
export const MANIFEST_NAME = 'model.json';

/** Times in a row that a broken download goes on at once; after that, the next call goes on. */
const RESUME_COUNT = 3;

/** Told how much of the model is here; files from the store count as they are read. */
export type ProgressListener = (loadedBytes: number, totalBytes: number) => void;

/** What getting a model needs from its surroundings. */
export interface ModelDownloadOptions extends DownloadOptions {
  readonly store: ModelStore;
  /** Web Crypto; absent outside secure contexts, where only the length of a file is checked. */
  readonly subtle: SubtleCrypto | undefined;
  readonly onProgress: ProgressListener;
}

/**
 * Gets a model's files: from the store where they are, else from the network, each checked against the manifest.
 *
 * With all files in the store it needs no network: the stored manifest stands in when the server gives none. A download
 * that broke off goes on where it stopped, in this call or a later one.
 *
 * @param base Absolute URL of the model's folder, with a trailing slash.
 * @throws SpeechError `recogniser` saying which file failed, how, and what to do.
 */
export async function getModel(base: string, options: ModelDownloadOptions): Promise<ModelFiles> {
  const manifest = await getManifest(base, options);
  const entries = MODEL_FILE_ROLES.map((role) => manifest.files[role]);
  const totalBytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  let doneBytes = 0;
  const get = async (entry: ModelFileEntry) => {
    const report = (fileBytes: number) => options.onProgress(doneBytes + Math.min(fileBytes, entry.bytes), totalBytes);
    report(0);
    const file = await getFile(base, entry, options, report);
    doneBytes += entry.bytes;
    report(0);
    return file;
  };
  // One after the other: the line is shared anyway, and one file at a time is easier on a phone's memory.
  const { encoder, decoder, tokenizer } = manifest.files;
  const files = { encoder: await get(encoder), decoder: await get(decoder), tokenizer: await get(tokenizer) };
  await options.store.retain(base, [base + MANIFEST_NAME, ...entries.map((entry) => storeUrl(base, entry))]);
  return files;
}

async function getManifest(base: string, options: ModelDownloadOptions): Promise<ModelManifest> {
  const url = base + MANIFEST_NAME;
  try {
    const bytes = await downloadFile(url, options);
    const manifest = parseManifest(url, bytes);
    await options.store.write(url, bytes);
    return manifest;
  } catch (error) {
    const stored = await options.store.read(url);
    if (stored === undefined) throw error;
    return parseManifest(url, stored);
  }
}

function parseManifest(url: string, bytes: Uint8Array): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new SpeechError(
      'recogniser',
      `${url} is not JSON. Check that the model's files are served there, and not a web page in their place.`,
      { cause: error },
    );
  }
  return parseModelManifest(json);
}

async function getFile(
  base: string,
  entry: ModelFileEntry,
  options: ModelDownloadOptions,
  report: (fileBytes: number) => void,
): Promise<Uint8Array> {
  const kept = storeUrl(base, entry);
  const stored = await options.store.read(kept);
  if (stored !== undefined && (await faultOf(stored, entry, options.subtle)) === undefined) return stored;
  const url = base + entry.name;
  const partial = new PartialFile(options.store, kept, entry.bytes, report);
  await partial.recall();
  let file = await downloadRest(url, entry, partial, options);
  let fault = await faultOf(file, entry, options.subtle);
  if (fault !== undefined && partial.hasResumed) {
    // The parts may be of two versions.
    await partial.discard();
    file = await downloadRest(url, entry, partial, options);
    fault = await faultOf(file, entry, options.subtle);
  }
  // The parts go first: there may be no room for them and the whole. What is only too short may still be gone on with.
  if (file.length >= entry.bytes) await partial.discard();
  if (fault !== undefined) {
    throw new SpeechError(
      'recogniser',
      `${url} ${fault}: the download was cut off, or the file and ${MANIFEST_NAME} are of different versions. Try again.`,
    );
  }
  await options.store.write(kept, file);
  return file;
}

/** Goes on where the file stops, again and again while that brings more of it. */
async function downloadRest(
  url: string,
  entry: ModelFileEntry,
  partial: PartialFile,
  options: ModelDownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let mostBytes = partial.loadedBytes;
  for (let resumedCount = 0; ; resumedCount++) {
    let fault: unknown;
    try {
      if (partial.loadedBytes < entry.bytes) await fetchFile(url, options, partial, partial.resumePoint);
    } catch (error) {
      fault = error;
    }
    const isOver = partial.loadedBytes >= entry.bytes || partial.loadedBytes <= mostBytes;
    if (isOver || resumedCount === RESUME_COUNT) {
      await partial.keep();
      if (fault !== undefined && partial.loadedBytes < entry.bytes) throw fault;
      return partial.bytes();
    }
    mostBytes = partial.loadedBytes;
  }
}

/** Files are kept under their checksum, so that a new version never meets an old file. */
function storeUrl(base: string, entry: ModelFileEntry): string {
  return `${base}${entry.name}?sha256=${entry.sha256}`;
}

async function faultOf(
  file: Uint8Array<ArrayBuffer>,
  entry: ModelFileEntry,
  subtle: SubtleCrypto | undefined,
): Promise<string | undefined> {
  if (file.length !== entry.bytes) return `has ${file.length} bytes, not ${entry.bytes}`;
  if (subtle === undefined) return undefined;
  const digest = new Uint8Array(await subtle.digest('SHA-256', file));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === entry.sha256 ? undefined : `has the SHA-256 ${hex}, not ${entry.sha256}`;
}
