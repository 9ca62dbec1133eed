import type { Db, Dbfs, Dbov, Dbtp, Hz, Lufs, Ms, Samples, Seconds } from '../units.ts';

/** Rate of every segment, whatever the device's rate. */
export const SEGMENT_RATE_HZ: Hz = 16_000;

/**
 * What the front end measured on one segment; levels are those of the input, before the gain.
 *
 * A level that cannot be told (digital silence) is -Infinity; JSON shows null.
 */
export interface InputMetrics {
  /** Length of the emitted segment. */
  readonly clipLengthSeconds: Seconds;
  /** Share of the emitted segment in which the detector heard speech, 0..1. */
  readonly speechShare: number;
  /** Active speech level, ITU-T P.56. */
  readonly activeLevelDbov: Dbov;
  /** K-weighted loudness of the speech-active part, ITU-R BS.1770-4. */
  readonly loudnessLufs: Lufs;
  /** False when the clip is shorter than one 400 ms block, so that no gating was possible. */
  readonly isLoudnessGated: boolean;
  /** Level of the background around the speech. */
  readonly noiseLevelDbfs: Dbfs;
  /** Speech power over noise power. */
  readonly snrDb: Db;
  /** The one gain applied to the whole segment. */
  readonly gainDb: Db;
  /** How far the limits kept the gain below what the target loudness asks for; 0 when it was reached. */
  readonly gainShortfallDb: Db;
  readonly truePeakDbtp: Dbtp;
  /** Runs of three or more samples at full scale. */
  readonly clippedRuns: number;
  /** Mean of the samples, of full scale. */
  readonly dcOffset: number;
  /** Runs of digital zeros of 10 ms or more inside the segment. */
  readonly dropoutCount: number;
  /** Samples at the pipeline's rate that the audio clock says were lost. */
  readonly missingSamples: Samples;
  /** Samples that were NaN or infinite and were replaced by 0. */
  readonly invalidSamples: Samples;
  /** Frequency below which 99 % of the speech energy lies; about 3.4 kHz gives a telephone-band headset away. */
  readonly rolloffHz: Hz;
  /** Silence between the end of the last segment (or the press) and this segment's start, not sent. */
  readonly leadingSilenceMs: Ms;
  /** Takes of this segment that were posted and withdrawn because the speech went on. */
  readonly retractedTakeCount: number;
  /** Rate of the device's samples. */
  readonly deviceRateHz: Hz;
}

/** Where a segment lies in the stream, in samples at {@link SEGMENT_RATE_HZ} since the press. */
export interface SegmentSpan {
  /** First emitted sample: pre-roll included. */
  readonly startSample: Samples;
  /** One past the last emitted sample of the stream; padding zeros are not counted. */
  readonly endSample: Samples;
  /** Where the detector heard speech begin. */
  readonly speechStartSample: Samples;
  /** Where the detector heard speech end. */
  readonly speechEndSample: Samples;
}

/** Why a segment ended. */
export type SegmentEnd =
  | 'silence'
  | 'maximum-length'
  /** The query was ended by hand. */
  | 'stopped'
  /** The microphone went away while someone spoke. */
  | 'device-lost'
  /** The system took the sound away (a call, a mute key), or the audio clock stood still. */
  | 'interrupted';
