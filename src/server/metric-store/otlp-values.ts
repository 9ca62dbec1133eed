import type { Ms } from '../../units.ts';

/** A place in a request, and what is wrong with it. */
export class OtlpFault extends Error {
  /** @param path As `resourceMetrics[0].resource`. @param why In words, without full stop. */
  constructor(path: string, why: string) {
    super(`${path}: ${why}.`);
    this.name = 'OtlpFault';
  }
}

/** Whole numbers of OTLP may be 64 bits wide; ours never need as many. */
const WHOLE = /^\d{1,15}$/;
/** Nanoseconds of a time from 2001 to 2286. */
const NANOSECONDS = /^\d{19}$/;

/** True for what JSON writes in braces. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that must be there. @throws OtlpFault */
export function fieldOf(value: unknown, field: string, path: string): unknown {
  if (!isObject(value)) throw new OtlpFault(path, 'it must be an object');
  const found = value[field];
  if (found === undefined || found === null) throw new OtlpFault(`${path}.${field}`, 'it is missing');
  return found;
}

/** A field that must be a list. @throws OtlpFault */
export function listAt(value: unknown, field: string, path: string): readonly unknown[] {
  const list = fieldOf(value, field, path);
  if (!Array.isArray(list)) throw new OtlpFault(`${path}.${field}`, 'it must be a list');
  return list;
}

/** A count: a whole number from 0 up, as a decimal string or, as protobuf's JSON mapping takes it too, a number. @throws OtlpFault */
export function whole(value: unknown, path: string): number {
  if (isWhole(value)) return Number(value);
  throw new OtlpFault(path, `it must be a whole number from 0 up as a string, got ${shown(value)}`);
}

/** A list of counts, as {@link whole} reads each. @throws OtlpFault */
export function wholes(value: unknown, field: string, path: string): readonly number[] {
  const list = listAt(value, field, path);
  const counts: number[] = [];
  for (let at = 0; at < list.length; at++) {
    const text: unknown = list[at];
    // Nearly all counts are 0, and a path is needed for faults only.
    counts.push(text === '0' ? 0 : isWhole(text) ? Number(text) : whole(text, `${path}.${field}[${at}]`));
  }
  return counts;
}

/** A finite number. @throws OtlpFault */
export function finite(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new OtlpFault(path, `it must be a number, got ${shown(value)}`);
}

/** A time in nanoseconds since 1970 as a string, in epoch milliseconds. @throws OtlpFault */
export function timeMs(value: unknown, path: string): Ms {
  if (typeof value === 'string' && NANOSECONDS.test(value)) return Number(value.slice(0, -6));
  throw new OtlpFault(path, `it must be nanoseconds since 1970 as a string, got ${shown(value)}`);
}

/** Attributes whose values are texts, by key. @throws OtlpFault */
export function attributesOf(list: unknown, path: string): ReadonlyMap<string, string> {
  if (!Array.isArray(list)) throw new OtlpFault(path, 'it must be a list of attributes');
  const attributes = new Map<string, string>();
  for (const [at, attribute] of list.entries()) {
    const key = fieldOf(attribute, 'key', `${path}[${at}]`);
    const value = fieldOf(attribute, 'value', `${path}[${at}]`);
    if (typeof key !== 'string') throw new OtlpFault(`${path}[${at}].key`, 'it must be a text');
    // Others, such as those that a collector adds, are of no use here.
    if (isObject(value) && typeof value['stringValue'] === 'string') attributes.set(key, value['stringValue']);
  }
  return attributes;
}

function isWhole(value: unknown): boolean {
  return typeof value === 'number' ? Number.isSafeInteger(value) && value >= 0 : isWholeText(value);
}

function isWholeText(value: unknown): boolean {
  return typeof value === 'string' && WHOLE.test(value);
}

/** Short, since it comes from outside; texts stay out, since they may be anything. */
function shown(value: unknown): string {
  return typeof value === 'number' || /^-?[\d.]{1,25}$/.test(String(value)) ? String(value) : typeof value;
}
