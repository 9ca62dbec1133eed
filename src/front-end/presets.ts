import type { Ms } from '../units.ts';

/** What people say: one word of command, a search, or sentences with pauses for thought. */
export type Preset = 'command' | 'search' | 'dictation';

/** The times by which presets differ; see `EndpointerOptions` and `FrontEndOptions` for each. */
export interface PresetTimes {
  readonly takeMs: Ms;
  readonly hangoverMs: Ms;
  readonly queryEndMs: Ms;
  readonly noSpeechMs: Ms;
}

/**
 * Every preset's times.
 *
 * A shorter hangover answers sooner and cuts more sentences at their inner pauses: 23 of 57 LibriSpeech clips of the
 * development corpus hold a pause of 0.4 s or more, spoken orders hardly any.
 */
export const PRESETS: Readonly<Record<Preset, PresetTimes>> = {
  command: { takeMs: 160, hangoverMs: 300, queryEndMs: 500, noSpeechMs: 5_000 },
  search: { takeMs: 200, hangoverMs: 400, queryEndMs: 1_000, noSpeechMs: 8_000 },
  dictation: { takeMs: 300, hangoverMs: 1_000, queryEndMs: 4_000, noSpeechMs: 15_000 },
};

/** True for the name of a preset. */
export function isPreset(name: string): name is Preset {
  return Object.hasOwn(PRESETS, name);
}
