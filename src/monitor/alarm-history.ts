import type { AlarmRule } from './alarm-rule.ts';
import { type AlarmState, type Reading, stepAlarm } from './alarm-state.ts';

/** A reading of the past. */
export interface TimedReading {
  readonly timeMs: number;
  readonly reading: Reading;
}

/** A time during which an alarm fired. */
export interface AlarmEpisode {
  readonly fromMs: number;
  /** Null when it still fires at the end. */
  readonly untilMs: number | null;
}

/** When a rule would have fired. @param readings In the order of their times. */
export function alarmEpisodes(rule: AlarmRule, readings: readonly TimedReading[]): readonly AlarmEpisode[] {
  const episodes: AlarmEpisode[] = [];
  let state: AlarmState = { phase: 'ok' };
  let fromMs = 0;
  for (const { timeMs, reading } of readings) {
    const step = stepAlarm(state, { type: 'reading', reading, timeMs }, rule);
    state = step.state;
    if (step.notice === 'fired') fromMs = timeMs;
    if (step.notice === 'resolved') episodes.push({ fromMs, untilMs: timeMs });
  }
  return state.phase === 'firing' ? [...episodes, { fromMs, untilMs: null }] : episodes;
}

/** Why a rule deserves a look. */
export type RuleFault = 'never-fires' | 'always-fires' | 'chatters' | 'never-knows';

/** What a rule did in the past. */
export interface RuleReview {
  readonly ruleId: string;
  readonly firedCount: number;
  /** Of the time from the first reading to the last, 0..1. */
  readonly firingShare: number;
  /** Of the readings, 0..1. */
  readonly unknownShare: number;
  readonly fault: RuleFault | null;
}

/** An alarm that stands half of the time is the normal state to those who see it. */
const ALWAYS_SHARE = 0.5;
/** More than twice a day is more than people look into. */
const MOST_A_DAY = 2;
/** With fewer known readings nothing can be said of it. */
const LEAST_KNOWN_SHARE = 0.1;
/** What has not fired in so long may not be able to. */
const QUIET_DAYS = 90;
const MS_PER_DAY = 24 * 60 * 60_000;

/** Looks back on a rule: one that never or always fires tells nobody anything. @param readings In the order of their times. */
export function reviewRule(rule: AlarmRule, readings: readonly TimedReading[]): RuleReview {
  const episodes = alarmEpisodes(rule, readings);
  const endMs = readings.at(-1)?.timeMs ?? 0;
  const spanMs = endMs - (readings[0]?.timeMs ?? 0);
  const firingMs = episodes.reduce((sum, { fromMs, untilMs }) => sum + (untilMs ?? endMs) - fromMs, 0);
  const firingShare = spanMs > 0 ? firingMs / spanMs : 0;
  const unknown = readings.filter(({ reading }) => reading === 'unknown').length;
  const unknownShare = readings.length > 0 ? unknown / readings.length : 1;
  const days = spanMs / MS_PER_DAY;
  let fault: RuleFault | null = null;
  if (unknownShare > 1 - LEAST_KNOWN_SHARE) fault = 'never-knows';
  else if (firingShare >= ALWAYS_SHARE) fault = 'always-fires';
  else if (days >= 1 && episodes.length / days > MOST_A_DAY) fault = 'chatters';
  else if (episodes.length === 0 && days >= QUIET_DAYS) fault = 'never-fires';
  return { ruleId: rule.id, firedCount: episodes.length, firingShare, unknownShare, fault };
}

/** What to do about a faulty rule, as a sentence. */
export const FAULT_ADVICE: Readonly<Record<RuleFault, string>> = {
  'never-fires': 'It has not fired in 90 days: test it with a fault made on purpose, or tighten its limit.',
  'always-fires': 'It fires half of the time or more: mend what it tells of, or loosen its limit.',
  chatters: 'It fires more than twice a day: lengthen its times, or set its two limits further apart.',
  'never-knows': 'It nearly always has too few values: lengthen its window, or watch fewer slices.',
};
