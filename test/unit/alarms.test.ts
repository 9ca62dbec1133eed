import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/metrics/metric-table.ts';
import { alarmEpisodes, reviewRule } from '../../src/monitor/alarm-history.ts';
import { readLimit } from '../../src/monitor/alarm-reading.ts';
import { type AlarmRule, AlarmRuleError, parseAlarmRule, parseAlarmRules } from '../../src/monitor/alarm-rule.ts';
import { type AlarmState, isSilenced, type Reading, stepAlarm } from '../../src/monitor/alarm-state.ts';
import { dangerTable } from '../../src/monitor/danger-table.ts';
import { DEFAULT_ALARMS } from '../../src/monitor/default-alarms.ts';
import { rebaseline } from '../../src/monitor/frozen-reference.ts';

const MINUTE_MS = 60_000;
const SLOW: AlarmRule = {
  ...DEFAULT_ALARMS.find(({ id }) => id === 'answers-slow')!,
  pendingMs: 5 * MINUTE_MS,
  clearMs: 10 * MINUTE_MS,
};

/** Readings a minute apart: b(ad), g(ood), - between, ? unknown. */
function readings(text: string): { timeMs: number; reading: Reading }[] {
  const names: Record<string, Reading> = { b: 'bad', g: 'good', '-': 'between', '?': 'unknown' };
  return [...text].map((letter, i) => ({ timeMs: i * MINUTE_MS, reading: names[letter]! }));
}

function phases(text: string): string {
  let state: AlarmState = { phase: 'ok' };
  return readings(text)
    .map(({ timeMs, reading }) => {
      state = stepAlarm(state, { type: 'reading', reading, timeMs }, SLOW).state;
      return state.phase[0];
    })
    .join('');
}

describe('an alarm', () => {
  it('is pending before it fires, and is resolved only after a while of good readings', () => {
    expect(phases('gbbbbbbb')).toBe('opppppff');
    expect(phases(`bbbbbb${'g'.repeat(11)}`)).toBe(`pppppf${'f'.repeat(10)}r`);
  });

  it('does not chatter: between the limits, and without values, it stays what it is', () => {
    expect(phases('bbg')).toBe('ppo');
    expect(phases('bb--bbb')).toBe('pppppff');
    expect(phases('bb??bbb')).toBe('pppppff');
    // A reading between the limits begins the clearing anew.
    expect(phases(`bbbbbbggggg-${'g'.repeat(11)}`)).toBe(`pppppfffffff${'f'.repeat(10)}r`);
  });

  it('can be acknowledged once while it fires, and goes through its states all the same', () => {
    const firing: AlarmState = { phase: 'firing', sinceMs: 0, goodSinceMs: null, acknowledgedBy: null };
    const first = stepAlarm(firing, { type: 'acknowledge', by: 'Ada' }, SLOW);
    expect(first).toEqual({ state: { ...firing, acknowledgedBy: 'Ada' }, notice: 'acknowledged' });
    expect(stepAlarm(first.state, { type: 'acknowledge', by: 'Ben' }, SLOW)).toEqual({
      state: first.state,
      notice: null,
    });
    expect(stepAlarm({ phase: 'ok' }, { type: 'acknowledge', by: 'Ada' }, SLOW).notice).toBe(null);
  });

  it('fires only after bad readings of the pending time, and tells of each firing and its end once', () => {
    const letters = fc.array(fc.constantFrom('b', 'g', '-', '?'), { maxLength: 200 });
    fc.assert(
      fc.property(letters, (text) => {
        let state: AlarmState = { phase: 'ok' };
        let isTold = false;
        for (const [i, { timeMs, reading }] of readings(text.join('')).entries()) {
          const { state: next, notice } = stepAlarm(state, { type: 'reading', reading, timeMs }, SLOW);
          expect(isTold).toBe(state.phase === 'firing');
          if (notice === 'fired') {
            const since = text.slice(Math.max(0, text.slice(0, i + 1).lastIndexOf('g') + 1), i + 1);
            const firstBad = since.indexOf('b');
            expect(reading).toBe('bad');
            expect(since.length - 1 - firstBad).toBeGreaterThanOrEqual(5);
            isTold = true;
          }
          if (notice === 'resolved') {
            expect(text.slice(i - 10, i + 1).every((letter) => letter === 'g' || letter === '?')).toBe(true);
            isTold = false;
          }
          if (reading === 'unknown' && state.phase !== 'resolved') expect(next).toEqual(state);
          state = next;
        }
      }),
    );
  });

  it('is held back by a silence that begins with its first millisecond and ends before its last', () => {
    const silence = { ruleId: 'a', fromMs: 10, untilMs: 20, by: 'Ada', reason: 'a fair' };
    expect([9, 10, 19, 20].map((timeMs) => isSilenced([silence], 'a', timeMs))).toEqual([false, true, true, false]);
    expect(isSilenced([silence], 'b', 15)).toBe(false);
  });
});

describe('looking back on a rule', () => {
  it('says when it would have fired', () => {
    const text = `bbbbbb${'g'.repeat(11)}ggbbbbbbb`;
    expect(alarmEpisodes(SLOW, readings(text))).toEqual([
      { fromMs: 5 * MINUTE_MS, untilMs: 16 * MINUTE_MS },
      { fromMs: 24 * MINUTE_MS, untilMs: null },
    ]);
  });

  it('points out rules that never or always fire, chatter, or never know', () => {
    const day = 24 * 60;
    const sparse = (text: string, stepMs: number) => readings(text).map((one, i) => ({ ...one, timeMs: i * stepMs }));
    expect(reviewRule(SLOW, sparse('g'.repeat(91), 24 * 60 * MINUTE_MS)).fault).toBe('never-fires');
    expect(reviewRule(SLOW, sparse('g'.repeat(60), 24 * 60 * MINUTE_MS)).fault).toBe(null);
    expect(reviewRule(SLOW, readings('b'.repeat(day))).fault).toBe('always-fires');
    expect(reviewRule(SLOW, readings('?'.repeat(day))).fault).toBe('never-knows');
    const flapping = `${'b'.repeat(7)}${'g'.repeat(40)}`.repeat(60);
    expect(reviewRule(SLOW, readings(flapping)).fault).toBe('chatters');
  });
});

describe('a limit', () => {
  it('is bad past one value, good past the other, and needs enough values', () => {
    const read = (value: number, count = 1_000): Reading => readLimit(SLOW, { value, count });
    expect([2.1, 2, 1.6, 1.5, 1].map((value) => read(value))).toEqual(['bad', 'between', 'between', 'good', 'good']);
    expect(read(5, 299)).toBe('unknown');
    expect(read(Number.NaN)).toBe('unknown');
  });

  it('on a number of things finds that there are none', () => {
    const gone = DEFAULT_ALARMS.find(({ id }) => id === 'voice-searches-gone')!;
    expect(readLimit(gone, { value: 0, count: 0 })).toBe('bad');
  });
});

describe('the rules', () => {
  it('that ship are valid, watch every part, and are the table in the documentation', () => {
    expect(parseAlarmRules(JSON.parse(JSON.stringify(DEFAULT_ALARMS)))).toEqual(DEFAULT_ALARMS);
    const groups = new Set(DEFAULT_ALARMS.map(({ metric }) => METRICS[metric].group));
    expect([...groups].sort()).toEqual(['input', 'output', 'software']);
    const page = readFileSync(join(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');
    expect(page).toContain(`<!-- dangers -->\n${dangerTable()}\n<!-- /dangers -->`);
  });

  it('are refused with the field that is wrong and what it must be', () => {
    const wrong = (change: object): string => {
      try {
        parseAlarmRule({ ...SLOW, ...change });
      } catch (error) {
        if (error instanceof AlarmRuleError) return error.message;
        throw error;
      }
      return 'taken';
    };
    expect(wrong({})).toBe('taken');
    expect(wrong({ id: 'Slow Answers' })).toMatch(/^rule\.id: it must be lower-case words joined by hyphens/);
    expect(wrong({ metric: 'voice.nothing' })).toMatch(/^rule\.metric: it must be one of voice\.capture\.duration/);
    expect(wrong({ unit: 'ms' })).toBe('rule.unit: it must be one of s, not "ms"');
    expect(wrong({ windowMs: -1 })).toMatch(/^rule\.windowMs: it must be a whole number from 60000/);
    expect(wrong({ condition: { kind: 'limit', side: 'above', alarmAt: 1, clearAt: 2 } })).toMatch(
      /good side of alarmAt \(1\)/,
    );
    expect(wrong({ condition: { kind: 'chart', direction: 'up', profile: 'business' } })).toMatch(
      /cannot watch a quantile/,
    );
    expect(wrong({ colour: 'red' })).toBe('rule.colour: there is no such field; leave it out');
    expect(() => parseAlarmRules([SLOW, SLOW])).toThrow('rules[1].id: "answers-slow" is taken');
  });

  it('throw nothing but what says what is wrong, whatever they are given', () => {
    const changed = fc
      .tuple(fc.constantFrom(...Object.keys(SLOW)), fc.anything())
      .map(([field, value]) => ({ ...SLOW, [field]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), changed), (value) => {
        try {
          parseAlarmRule(value);
        } catch (error) {
          expect(error).toBeInstanceOf(AlarmRuleError);
        }
      }),
    );
  });
});

describe('a frozen reference', () => {
  const week = { counts: [], hourCounts: [], scores: [], means: [], variance: 1, designEffect: 1 };
  const next = { metric: 'm', fromHour: 0, untilHour: 28 * 24, week, by: 'Ada', timeMs: 1, reason: 'a new menu' };

  it('counts its versions, and wants a person, a reason and four weeks', () => {
    const first = rebaseline(undefined, next);
    expect([first.version, rebaseline(first, next).version]).toEqual([1, 2]);
    expect(() => rebaseline(first, { ...next, by: ' ' })).toThrow('Say who');
    expect(() => rebaseline(first, { ...next, reason: '' })).toThrow('Say why');
    expect(() => rebaseline(first, { ...next, untilHour: 100 })).toThrow('four weeks');
    expect(() => rebaseline(first, { ...next, metric: 'n' })).toThrow(RangeError);
  });
});
