import { isIP } from 'node:net';
import type { Setting } from './setting.ts';

/** Reads a setting that has one value; of several flags the last one counts. */
export function single<T>(read: (text: string) => T): Setting<T>['read'] {
  return (texts) => read(texts.at(-1) ?? '');
}

/** Reads a setting that may have many values: several flags, or texts with commas. */
export function listOf<T>(read: (text: string) => T): Setting<readonly T[]>['read'] {
  return (texts) =>
    texts
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map(read);
}

/** Any text but an empty one. */
export function text(value: string): string {
  if (value.trim() === '') throw new RangeError('It must not be empty.');
  return value;
}

/** `true`, `1`, `yes`, `on`, or their opposites; a switch that is given without value is true. */
export function flag(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw new RangeError(`It must be true or false, got ${quoted(value)}.`);
}

/** A whole number in a range, both ends included. */
export function count(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,12}$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new RangeError(`It must be a whole number from ${least} to ${most}, got ${quoted(value)}.`);
  };
}

/** A number from 0 to 1. */
export function share(value: string): number {
  const number = /^\d*\.?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= 1) return number;
  throw new RangeError(`It must be a number from 0 to 1, got ${quoted(value)}.`);
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): (value: string) => T {
  return (value) => {
    const word = words.find((each) => each === value.trim());
    if (word !== undefined) return word;
    throw new RangeError(`It must be one of ${words.join(', ')}, got ${quoted(value)}.`);
  };
}

/** An IP address or a network of them, as `10.0.0.1` or `10.0.0.0/8`. */
export function network(value: string): string {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  const isPrefixed = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
  if (version !== 0 && isPrefixed && rest.length === 0) return value;
  throw new RangeError(`It must be an address as 10.0.0.1 or a network as 10.0.0.0/8, got ${quoted(value)}.`);
}

/** A site's origin, `https://host[:port]`, normalised. */
export function origin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url !== undefined && isBare && /^https?:$/.test(url.protocol)) return url.origin;
  throw new RangeError(`It must look like https://example.com, got ${quoted(value)}.`);
}

/** A bearer key: header values are visible ASCII, so another one could never be sent. The value stays out of the message. */
export function bearerKey(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new RangeError('A key must be one or more visible ASCII characters.');
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 60));
}
