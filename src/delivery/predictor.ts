import type { Ms } from '../units.ts';

/** One take on its way to a text. */
export interface Clip {
  /** Mono at 16 kHz; predictors read it and leave it whole. */
  readonly pcm16: Int16Array;
  /** Random; the same whenever this take is sent again. */
  readonly idempotencyKey: string;
  /** Version of the rules by which it was cut and levelled; absent: the present one. */
  readonly contract?: string;
  /** Told of each request body that left the device, or may have left it before the request was cut off. */
  readonly onSent: (sentBytes: number) => void;
  /** Told of the text so far where it streams in; it may begin anew when a request is repeated. */
  readonly onInterim?: (text: string) => void;
}

/** The text of a clip, and where the time went. */
export interface Prediction {
  /** Empty when the recogniser heard no speech. */
  readonly text: string;
  /** 0..1; absent when the recogniser does not tell. */
  readonly confidence?: number;
  readonly place: 'server' | 'device';
  readonly release?: string;
  readonly encodeMs: Ms;
  readonly predictMs: Ms;
}

/** Turns a clip into text, somewhere. */
export interface Predictor {
  /** @throws SpeechError when there is no text to be had; the signal's reason when that aborts. */
  predict(clip: Clip, signal: AbortSignal): Promise<Prediction>;
}
