import type { RecordedSegment } from '../front-end/recording.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import { type Samples, type Seconds, samplesToSeconds } from '../units.ts';

/** One segment as `segment --json` writes it. Levels that cannot be told are null in JSON. */
export interface SegmentRow {
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
  readonly speechStartSeconds: Seconds;
  readonly speechEndSeconds: Seconds;
  readonly gainDb: number;
  readonly loudnessLufs: number;
  readonly truePeakDbtp: number;
  readonly activeLevelDbov: number;
  readonly noiseLevelDbfs: number;
  readonly snrDb: number;
  readonly clippedRuns: number;
  readonly takenAtSeconds: Seconds;
  readonly committedAtSeconds: Seconds;
  readonly retractedTakeCount: number;
  readonly end: string;
}

/** Rounds away what no measurement carries, and keeps the JSON readable. */
function rounded(value: number, decimals: number): number {
  return Number.isFinite(value) ? Number(value.toFixed(decimals)) : value;
}

/** Seconds to the hundredth of a millisecond, in which one sample at 16 kHz can still be told. */
function seconds(samples: Samples): Seconds {
  return rounded(samplesToSeconds(samples, SEGMENT_RATE_HZ), 5);
}

/** The row of one segment. */
export function segmentRow(segment: RecordedSegment): SegmentRow {
  const { span, metrics } = segment.take;
  return {
    startSeconds: seconds(span.startSample),
    endSeconds: seconds(span.endSample),
    speechStartSeconds: seconds(span.speechStartSample),
    speechEndSeconds: seconds(span.speechEndSample),
    gainDb: rounded(metrics.gainDb, 3),
    loudnessLufs: rounded(metrics.loudnessLufs, 3),
    truePeakDbtp: rounded(metrics.truePeakDbtp, 3),
    activeLevelDbov: rounded(metrics.activeLevelDbov, 3),
    noiseLevelDbfs: rounded(metrics.noiseLevelDbfs, 3),
    snrDb: rounded(metrics.snrDb, 3),
    clippedRuns: metrics.clippedRuns,
    takenAtSeconds: rounded(segment.takenAtSeconds, 5),
    committedAtSeconds: rounded(segment.committedAtSeconds, 5),
    retractedTakeCount: metrics.retractedTakeCount,
    end: segment.end,
  };
}
