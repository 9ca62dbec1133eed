import type { Preset } from '../front-end/presets.ts';
import type { Ms, Seconds } from '../units.ts';

/** A clip for a thread of `eval`. */
export interface ClipRequest {
  readonly path: string;
  readonly preset: Preset;
}

/** What both ways to the text gave for one clip, and what they cost on one core. */
export interface ClipOutcome {
  readonly audioSeconds: Seconds;
  /** Audio in the segments that the front end would send. */
  readonly sentSeconds: Seconds;
  readonly segmentCount: number;
  readonly rawText: string;
  readonly rawMs: Ms;
  readonly processedText: string;
  /** Front end and recogniser together. */
  readonly processedMs: Ms;
}
