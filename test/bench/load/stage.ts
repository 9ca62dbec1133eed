import type { Ms, Seconds } from '../../../src/units.ts';
import { quantile } from '../front-end/statistics.ts';
import { fixed } from '../front-end/table.ts';
import type { Outcome } from './poster.ts';

/** What came of one stage of a benchmark. */
export interface Stage {
  readonly name: string;
  readonly load: string;
  readonly sentCount: number;
  readonly answeredCount: number;
  /** Answers 429, and those of them that say when to come back. */
  readonly refusedCount: number;
  readonly refusedWithRetryAfterCount: number;
  /** Neither answered nor refused by 429: broken connections, 5xx. */
  readonly otherCount: number;
  /** Of the answered ones. */
  readonly p50Ms: Ms;
  readonly p95Ms: Ms;
  /** Audio answered in a second of time. */
  readonly audioPerSecond: number;
}

/** Columns of {@link stageRow}. */
export const STAGE_COLUMNS: readonly string[] = [
  'stage',
  'load',
  'sent',
  'answered',
  'p50 ms',
  'p95 ms',
  'refused by 429',
  'anything else',
  's of audio a second',
];

/** Sums a stage up; `seconds` is its length. */
export function summarise(name: string, load: string, outcomes: readonly Outcome[], seconds: Seconds): Stage {
  const answered = outcomes.filter(({ status }) => status === 200);
  const refused = outcomes.filter(({ status }) => status === 429);
  const latencies = answered.map(({ latencyMs }) => latencyMs);
  return {
    name,
    load,
    sentCount: outcomes.length,
    answeredCount: answered.length,
    refusedCount: refused.length,
    refusedWithRetryAfterCount: refused.filter(({ hasRetryAfter }) => hasRetryAfter).length,
    otherCount: outcomes.length - answered.length - refused.length,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    audioPerSecond: answered.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0) / seconds,
  };
}

/** A stage as a row of a table. */
export function stageRow(stage: Stage): readonly string[] {
  return [
    stage.name,
    stage.load,
    String(stage.sentCount),
    String(stage.answeredCount),
    fixed(stage.p50Ms, 0),
    fixed(stage.p95Ms, 0),
    String(stage.refusedCount),
    String(stage.otherCount),
    fixed(stage.audioPerSecond, 1),
  ];
}
