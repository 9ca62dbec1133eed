import type { AlarmRule } from './alarm-rule.ts';

/** What an evaluation says: `between` the limits, or `unknown` for too few values, changes nothing. */
export type Reading = 'bad' | 'good' | 'between' | 'unknown';

/** State of one alarm. Times are milliseconds since the epoch. */
export type AlarmState =
  | { readonly phase: 'ok' }
  | { readonly phase: 'pending'; readonly sinceMs: number }
  | {
      readonly phase: 'firing';
      readonly sinceMs: number;
      /** Since when all readings are good; null while one is not. */
      readonly goodSinceMs: number | null;
      /** Who has seen it; null while nobody has. */
      readonly acknowledgedBy: string | null;
    }
  | { readonly phase: 'resolved'; readonly sinceMs: number; readonly firedMs: number };

/** What happens to an alarm. */
export type AlarmInput =
  | { readonly type: 'reading'; readonly reading: Reading; readonly timeMs: number }
  | { readonly type: 'acknowledge'; readonly by: string };

/** What people are told of. */
export type AlarmNotice = 'fired' | 'resolved' | 'acknowledged';

/** A state, and what is to be told. */
export interface AlarmStep {
  readonly state: AlarmState;
  readonly notice: AlarmNotice | null;
}

/** A resolved alarm is shown for a day. */
export const RESOLVED_SHOWN_MS: number = 24 * 60 * 60_000;

function quietly(state: AlarmState): AlarmStep {
  return { state, notice: null };
}

function onset(reading: Reading, timeMs: number, rule: AlarmRule): AlarmStep | undefined {
  if (reading !== 'bad') return undefined;
  if (rule.pendingMs > 0) return quietly({ phase: 'pending', sinceMs: timeMs });
  return { state: { phase: 'firing', sinceMs: timeMs, goodSinceMs: null, acknowledgedBy: null }, notice: 'fired' };
}

function whileFiring(
  state: AlarmState & { phase: 'firing' },
  reading: Reading,
  timeMs: number,
  rule: AlarmRule,
): AlarmStep {
  if (reading === 'unknown') return quietly(state);
  // Between the limits it is neither bad enough to fire anew nor good enough to be over.
  if (reading !== 'good') return quietly({ ...state, goodSinceMs: null });
  const goodSinceMs = state.goodSinceMs ?? timeMs;
  if (timeMs - goodSinceMs < rule.clearMs) return quietly({ ...state, goodSinceMs });
  return { state: { phase: 'resolved', sinceMs: timeMs, firedMs: state.sinceMs }, notice: 'resolved' };
}

/**
 * One step of an alarm.
 *
 * It fires when it was bad for the rule's pending time without a good reading in between, and is resolved when it was
 * good for the rule's clearing time without another reading in between: two limits and two times keep it from chattering.
 *
 * @param input Readings in the order of their times.
 */
export function stepAlarm(state: AlarmState, input: AlarmInput, rule: AlarmRule): AlarmStep {
  if (input.type === 'acknowledge') {
    if (state.phase !== 'firing' || state.acknowledgedBy !== null) return quietly(state);
    return { state: { ...state, acknowledgedBy: input.by }, notice: 'acknowledged' };
  }
  const { reading, timeMs } = input;
  switch (state.phase) {
    case 'ok':
      return onset(reading, timeMs, rule) ?? quietly(state);
    case 'pending':
      if (reading === 'good') return quietly({ phase: 'ok' });
      if (reading !== 'bad' || timeMs - state.sinceMs < rule.pendingMs) return quietly(state);
      return { state: { phase: 'firing', sinceMs: timeMs, goodSinceMs: null, acknowledgedBy: null }, notice: 'fired' };
    case 'firing':
      return whileFiring(state, reading, timeMs, rule);
    case 'resolved':
      return (
        onset(reading, timeMs, rule) ?? quietly(timeMs - state.sinceMs >= RESOLVED_SHOWN_MS ? { phase: 'ok' } : state)
      );
    default:
      return state satisfies never;
  }
}

/** A time in which an alarm is not told to anybody: it goes through its states all the same. */
export interface Silence {
  readonly ruleId: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: string;
  /** Why; not empty. */
  readonly reason: string;
}

/** What a person wrote on an alarm. */
export interface AlarmNote {
  readonly ruleId: string;
  readonly timeMs: number;
  readonly by: string;
  readonly text: string;
}

/** Whether notices of a rule are held back at a time. */
export function isSilenced(silences: readonly Silence[], ruleId: string, timeMs: number): boolean {
  return silences.some((one) => one.ruleId === ruleId && one.fromMs <= timeMs && timeMs < one.untilMs);
}
