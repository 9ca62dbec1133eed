import { addCounts } from '../../metrics/histogram.ts';
import { METRICS, type MetricName } from '../../metrics/metric-table.ts';
import { zeros } from '../../metrics/shape.ts';
import { decodeKeys, encodeKeys, type KeySample, mergeKeys } from './key-sample.ts';

/** What was counted of one metric: whole numbers, so that tallies add up to the same in any order. */
export interface Tally {
  /** By bin of a histogram, by cell of a count. */
  readonly counts: number[];
  /** Of a histogram's values, in whole resolutions; 0 for a count. */
  readonly sum: number;
  /** Whose they are. */
  readonly keys: KeySample;
}

/** A tally as three columns of a row. libsql gives blobs as bytes for one row, as an ArrayBuffer for several. */
export interface TallyColumns {
  readonly counts: Uint8Array | ArrayBuffer;
  readonly sum: number;
  readonly keys: Uint8Array | ArrayBuffer;
}

/** The tally of both; `into` is used up. */
export function mergeTallies(into: Tally, { counts, sum, keys }: Tally): Tally {
  addCounts(into.counts, counts);
  return { counts: into.counts, sum: into.sum + sum, keys: mergeKeys(into.keys, keys) };
}

/** Most counts are 0: written are runs of zeros and the counts between them, as LEB128 varints. */
export function encodeTally({ counts, sum, keys }: Tally): TallyColumns {
  const bytes: number[] = [];
  let zeros = 0;
  for (const count of counts) {
    if (count === 0) {
      zeros++;
      continue;
    }
    pushVarint(bytes, zeros);
    pushVarint(bytes, count);
    zeros = 0;
  }
  return { counts: Buffer.from(bytes), sum, keys: encodeKeys(keys) };
}

/** The inverse of {@link encodeTally}. */
export function decodeTally(name: MetricName, { counts: blob, sum, keys }: TallyColumns): Tally {
  const bytes = asBytes(blob);
  const counts = zeros(METRICS[name].shape);
  let bin = 0;
  let at = 0;
  const next = (): number => {
    let value = 0;
    let scale = 1;
    for (; bytes[at]! >= 0x80; at++) {
      value += (bytes[at]! & 0x7f) * scale;
      scale *= 0x80;
    }
    return value + bytes[at++]! * scale;
  };
  while (at < bytes.length) {
    bin += next();
    counts[bin++] = next();
  }
  return { counts, sum, keys: decodeKeys(asBytes(keys)) };
}

function asBytes(blob: Uint8Array | ArrayBuffer): Uint8Array {
  return blob instanceof ArrayBuffer ? new Uint8Array(blob) : blob;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}
