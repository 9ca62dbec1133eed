import type { SegmentTimings } from '../index.ts';
import type { Ms } from '../units.ts';
import { MESSAGES } from './messages.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const share = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** One stage of a spoken search and how long it took. */
export interface Stage {
  readonly name: string;
  readonly ms: Ms;
}

/** The stages of one spoken search in order; the search itself only once it was made. */
export function stagesOf(timings: SegmentTimings, searchMs: Ms | undefined): readonly Stage[] {
  const stages = [
    { name: MESSAGES.stage.endpoint, ms: timings.endpointMs },
    { name: MESSAGES.stage.encode, ms: timings.encodeMs },
    { name: MESSAGES.stage.recognise, ms: timings.predictMs },
  ];
  return searchMs === undefined ? stages : [...stages, { name: MESSAGES.stage.search, ms: searchMs }];
}

/** Whole milliseconds as a person reads them, "1,240 ms". */
export function formatMs(ms: Ms): string {
  return `${whole.format(ms)} ms`;
}

/** "endpoint 210 ms · encode 1 ms · recognise 310 ms · search 4 ms" */
export function stageLine(stages: readonly Stage[]): string {
  return stages.map(({ name, ms }) => `${name} ${formatMs(ms)}`).join(' · ');
}

/** From the end of the last word to its text: finding that end, then what was left to wait for. */
export function textDelayMs(timings: SegmentTimings): Ms {
  return timings.endpointMs + timings.afterCommitMs;
}

/** Share of what was heard that was sent, 0..1; 0 when nothing was heard. */
export function sentShare(capturedBytes: number, sentBytes: number): number {
  return capturedBytes === 0 ? 0 : sentBytes / capturedBytes;
}

/** "Sent 38 kB of 1,240 kB heard (3 %)"; a kB is 1,000 bytes. */
export function transferLine(capturedBytes: number, sentBytes: number): string {
  const line = MESSAGES.sent(whole.format(sentBytes / 1000), whole.format(capturedBytes / 1000));
  return capturedBytes === 0 ? line : `${line} (${formatShare(sentShare(capturedBytes, sentBytes))})`;
}

/** "3 %"; one decimal under one percent, so that something never reads as nothing. */
export function formatShare(ratio: number): string {
  const percent = ratio * 100;
  return `${percent > 0 && percent < 1 ? share.format(Math.max(percent, 0.1)) : whole.format(percent)} %`;
}
