import type { Hz, Seconds } from '../units.ts';
import { RefusedRequest } from './openai-error.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** Largest audio file taken, as OpenAI's API has it. */
export const MAX_FILE_BYTES: number = 25 * 1024 * 1024;
/** Longest audio taken: one spoken query, with room. */
export const MAX_AUDIO_SECONDS: Seconds = 60;
/** Audio as a file holds it. */
export interface DecodedAudio {
  readonly rateHz: Hz;
  /** One array of equal length for each channel. */
  readonly channels: readonly Float32Array[];
}

/** @throws RefusedRequest 400 for audio longer than {@link MAX_AUDIO_SECONDS}. */
export function refuseLongAudio(seconds: Seconds): void {
  if (seconds > MAX_AUDIO_SECONDS) throw audioTooLong(`${seconds.toFixed(1)} s`);
}

/** The refusal of audio over the limit; `length` ends in its unit. */
export function audioTooLong(length: string): RefusedRequest {
  return refusedFile(
    `The audio is ${length} long; at most ${MAX_AUDIO_SECONDS} s are taken. Cut it into shorter clips.`,
    'audio_too_long',
  );
}

/** A refusal that blames the request's file. */
export function refusedFile(message: string, code: RefusalCode = 'invalid_audio'): RefusedRequest {
  return new RefusedRequest({ status: 400, message, param: 'file', code });
}
