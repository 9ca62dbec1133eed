import type { RecordedSegment } from '../front-end/recording.ts';
import { type InputMetrics, SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { type Hz, type Samples, type Seconds, samplesToSeconds, secondsToSamples } from '../units.ts';

/** A measured value as JSON holds it: a level that cannot be told (digital silence) is null. */
export type Measured = number | boolean | null;

/** One clip: a line of `manifest.jsonl`, in which the metrics stand beside the other fields. */
export interface ClipRow {
  /** The clip's file, relative to the manifest. */
  readonly path: string;
  /** The recording it was cut from, relative to the folder of recordings. */
  readonly source: string;
  readonly sourceSha256: string;
  /** SHA-256 of `clip-contract.json`. */
  readonly contractSha256: string;
  /** Where the clip lies in the recording: pre-roll included, padding zeros not. */
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
  readonly speechStartSeconds: Seconds;
  readonly speechEndSeconds: Seconds;
  /** Why the segment ended. */
  readonly end: string;
  readonly metrics: Readonly<Partial<Record<keyof InputMetrics, Measured>>>;
}

/** One recording: a line of `sources.jsonl`. */
export interface SourceRow {
  readonly source: string;
  /** Null when the recording could not be read. */
  readonly sha256: string | null;
  readonly seconds: Seconds;
  readonly rateHz: Hz;
  readonly clipCount: number;
  /** Why there is no clip of it; null when it was heard, with or without speech in it. */
  readonly failure: string | null;
}

/** Finer than any measurement is true, and than a sample at 16 kHz is long. */
const DECIMALS = 6;

const WAV_HEADER_BYTES = 44;
const PCM16_BYTES = 2;

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(DECIMALS)) : null;
}

function seconds(samples: Samples): Seconds {
  return Number(samplesToSeconds(samples, SEGMENT_RATE_HZ).toFixed(DECIMALS));
}

/** The row of one segment. */
export function clipRow(
  place: Pick<ClipRow, 'path' | 'source' | 'sourceSha256' | 'contractSha256'>,
  segment: RecordedSegment,
): ClipRow {
  const { span, metrics } = segment.take;
  return {
    path: place.path,
    source: place.source,
    sourceSha256: place.sourceSha256,
    contractSha256: place.contractSha256,
    startSeconds: seconds(span.startSample),
    endSeconds: seconds(span.endSample),
    speechStartSeconds: seconds(span.speechStartSample),
    speechEndSeconds: seconds(span.speechEndSample),
    end: segment.end,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]: [string, number | boolean]) => [
        name,
        typeof value === 'number' ? rounded(value) : value,
      ]),
    ),
  };
}

/** A metric as a number; undefined when it cannot be told. */
export function metricOf(row: ClipRow, name: keyof InputMetrics): number | undefined {
  const value = row.metrics[name];
  return typeof value === 'number' ? value : undefined;
}

/** Size of a clip's file. */
export function clipByteCount(row: ClipRow): number {
  return WAV_HEADER_BYTES + PCM16_BYTES * secondsToSamples(metricOf(row, 'clipLengthSeconds') ?? 0, SEGMENT_RATE_HZ);
}

/** A row as a line of `manifest.jsonl`, without its line feed. */
export function clipLine({ metrics, ...row }: ClipRow): string {
  return JSON.stringify({ ...row, ...metrics });
}

/** A row as a line of `sources.jsonl`, without its line feed. */
export function sourceLine(row: SourceRow): string {
  return JSON.stringify(row);
}

function fieldsOf(line: string): ReadonlyMap<string, unknown> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : undefined;
}

function isMeasured(entry: [string, unknown]): entry is [string, Measured] {
  return entry[1] === null || typeof entry[1] === 'number' || typeof entry[1] === 'boolean';
}

/** Reads a line of `manifest.jsonl`; undefined when it is not one, or was cut off while it was written. */
export function parseClipLine(line: string): ClipRow | undefined {
  const fields = fieldsOf(line);
  if (fields === undefined) return undefined;
  const [path, source, sourceSha256, contractSha256, end] = ['path', 'source', 'sourceSha256', 'contractSha256', 'end']
    .map((name) => fields.get(name))
    .map((value) => (typeof value === 'string' ? value : undefined));
  const [start, endAt, speechStart, speechEnd] = [
    'startSeconds',
    'endSeconds',
    'speechStartSeconds',
    'speechEndSeconds',
  ]
    .map((name) => fields.get(name))
    .map((value) => (typeof value === 'number' ? value : undefined));
  if (path === undefined || source === undefined || sourceSha256 === undefined || contractSha256 === undefined) {
    return undefined;
  }
  if (start === undefined || endAt === undefined || speechStart === undefined || speechEnd === undefined) {
    return undefined;
  }
  if (end === undefined) return undefined;
  const place = ['startSeconds', 'endSeconds', 'speechStartSeconds', 'speechEndSeconds'];
  return {
    path,
    source,
    sourceSha256,
    contractSha256,
    startSeconds: start,
    endSeconds: endAt,
    speechStartSeconds: speechStart,
    speechEndSeconds: speechEnd,
    end,
    metrics: Object.fromEntries([...fields].filter(isMeasured).filter(([name]) => !place.includes(name))),
  };
}

/** Reads a line of `sources.jsonl`; undefined when it is not one, or was cut off while it was written. */
export function parseSourceLine(line: string): SourceRow | undefined {
  const fields = fieldsOf(line);
  const [source, sha256, seconds, rateHz, clipCount, failure] = [
    ...['source', 'sha256', 'seconds', 'rateHz', 'clipCount', 'failure'],
  ].map((name) => fields?.get(name));
  if (typeof source !== 'string' || (sha256 !== null && typeof sha256 !== 'string')) return undefined;
  if (typeof seconds !== 'number' || typeof rateHz !== 'number' || typeof clipCount !== 'number') return undefined;
  if (failure !== null && typeof failure !== 'string') return undefined;
  return { source, sha256, seconds, rateHz, clipCount, failure };
}
