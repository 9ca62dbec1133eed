import { SpeechError } from '../errors.ts';
import type { Hz } from '../units.ts';
import { type ModelFiles, RECOGNISER_RATE_HZ } from './recogniser.ts';

/** Part that a file plays in the model. */
export type ModelFileRole = keyof ModelFiles;

/** One file of a model. */
export interface ModelFileEntry {
  /** File name, beside the manifest. */
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What `model.json` beside a model's files says. */
export interface ModelManifest {
  readonly id: string;
  /** BCP 47. */
  readonly language: string;
  readonly sampleRateHz: Hz;
  readonly files: Readonly<Record<ModelFileRole, ModelFileEntry>>;
}

/** The files of a model, in the order in which they are fetched. */
export const MODEL_FILE_ROLES: readonly ModelFileRole[] = ['encoder', 'decoder', 'tokenizer'];

/**
 * Reads a model's manifest.
 *
 * @param json The parsed `model.json`; anything.
 * @throws SpeechError `recogniser` naming the field that is missing or wrong.
 */
export function parseModelManifest(json: unknown): ModelManifest {
  const manifest = objectOf(json, 'the manifest');
  const files = objectOf(manifest['files'], 'files');
  const sampleRateHz = manifest['sampleRateHz'];
  if (sampleRateHz !== RECOGNISER_RATE_HZ) throw unfit('sampleRateHz', `must be ${RECOGNISER_RATE_HZ}`);
  return {
    id: textOf(manifest['id'], 'id', /./),
    language: textOf(manifest['language'], 'language', /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/),
    sampleRateHz,
    files: {
      encoder: entryOf(files['encoder'], 'files.encoder'),
      decoder: entryOf(files['decoder'], 'files.decoder'),
      tokenizer: entryOf(files['tokenizer'], 'files.tokenizer'),
    },
  };
}

function entryOf(value: unknown, field: string): ModelFileEntry {
  const entry = objectOf(value, field);
  const bytes = entry['bytes'];
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 1) {
    throw unfit(`${field}.bytes`, 'must be a whole number above 0');
  }
  return {
    // A plain name: a manifest must not reach outside its folder.
    name: textOf(entry['name'], `${field}.name`, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/),
    bytes,
    sha256: textOf(entry['sha256'], `${field}.sha256`, /^[0-9a-f]{64}$/),
  };
}

function objectOf(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(field, 'must be an object');
  return { ...value };
}

function textOf(value: unknown, field: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw unfit(field, `must be text that fits ${pattern.source}`);
  return value;
}

function unfit(field: string, what: string): SpeechError {
  return new SpeechError('recogniser', `The model's manifest is not usable: ${field} ${what}.`);
}
