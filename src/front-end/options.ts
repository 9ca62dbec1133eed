import { type GainLimits, resolveGainOptions } from '../dsp/gain.ts';
import type { Ms } from '../units.ts';
import { type EndpointerOptions, resolveEndpointerOptions } from '../vad/endpointer.ts';
import { isPreset, PRESETS, type Preset } from './presets.ts';

/** How the stream is cut and levelled. */
export interface FrontEndOptions {
  readonly endpointer: EndpointerOptions;
  readonly gain: GainLimits;
  /** Audio kept from before the onset. Longer never cuts a soft first sound; shorter sends less silence. */
  readonly preRollMs: Ms;
  /** Zeros after the tail, where the recogniser's profile asks for them. */
  readonly paddingMs: Ms;
  /** Longest segment; a longer one is split at its deepest pause. */
  readonly maxSegmentMs: Ms;
  /** Silence after the last committed segment that ends the query; Infinity never does. */
  readonly queryEndMs: Ms;
  /** Silence from the start that ends a query in which nobody spoke; Infinity never does. */
  readonly noSpeechMs: Ms;
}

/** {@link FrontEndOptions} as callers give them: any part may be left out. */
export interface FrontEndOverrides extends Partial<Omit<FrontEndOptions, 'endpointer' | 'gain'>> {
  /** Times that suit what people say; `search` unless told. What is given beside it wins. */
  readonly preset?: Preset;
  readonly endpointer?: Partial<EndpointerOptions>;
  readonly gain?: Partial<GainLimits>;
}

/** Longest `maxSegmentMs`: it sizes the audio history. */
const SEGMENT_LIMIT_MS: Ms = 60_000;

/**
 * Fills the gaps with the defaults and checks every field.
 *
 * @throws RangeError naming the field, its range and the value.
 */
export function resolveFrontEndOptions(overrides: FrontEndOverrides = {}): FrontEndOptions {
  const name = overrides.preset ?? 'search';
  if (!isPreset(name)) throw new RangeError(`preset must be command, search or dictation, got ${String(name)}.`);
  const { takeMs, hangoverMs, queryEndMs, noSpeechMs } = PRESETS[name];
  const resolved: FrontEndOptions = {
    preRollMs: overrides.preRollMs ?? 300,
    paddingMs: overrides.paddingMs ?? 0,
    maxSegmentMs: overrides.maxSegmentMs ?? 30_000,
    queryEndMs: overrides.queryEndMs ?? queryEndMs,
    noSpeechMs: overrides.noSpeechMs ?? noSpeechMs,
    endpointer: resolveEndpointerOptions({ takeMs, hangoverMs, ...overrides.endpointer }),
    gain: resolveGainOptions(overrides.gain),
  };
  requireMs('preRollMs', resolved.preRollMs, 0, 2_000);
  requireMs('paddingMs', resolved.paddingMs, 0, 2_000);
  requireMs('maxSegmentMs', resolved.maxSegmentMs, 1_000, SEGMENT_LIMIT_MS);
  requireMs('queryEndMs', resolved.queryEndMs, 0, Number.POSITIVE_INFINITY);
  requireMs('noSpeechMs', resolved.noSpeechMs, 500, Number.POSITIVE_INFINITY);
  return resolved;
}

function requireMs(field: string, value: Ms, low: Ms, high: Ms): void {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`${field} must be from ${low} to ${high} ms, got ${value}.`);
  }
}
