import { Resampler } from '../dsp/resampler.ts';
import { finalClips } from '../front-end/clip-joiner.ts';
import type { RecordedSegment } from '../front-end/recording.ts';
import { RECOGNISER_RATE_HZ, type Recogniser, type Recognition } from '../recogniser/recogniser.ts';
import type { Hz, Seconds } from '../units.ts';
import type { AudioFile } from './audio-file.ts';
import { CliError } from './cli-error.ts';

/** What the recogniser made of one stretch of a clip. */
export interface RecognisedStretch {
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
  readonly text: string;
  readonly confidence: number;
}

/** What the recogniser made of a clip. */
export interface RecognisedClip {
  /** The stretches' texts in order, joined by spaces. */
  readonly text: string;
  /** exp(mean log-probability) over all tokens, 0..1; 0 when nothing was heard. */
  readonly confidence: number;
  readonly segments: readonly RecognisedStretch[];
}

/** Longest clip that goes to the recogniser uncut: its memory grows with the square of the length. */
export const LONGEST_RAW_SECONDS: Seconds = 60;

const PCM16_SCALE = 1 / 32_768;

function joined(
  stretches: readonly (RecognisedStretch & { readonly tokens: Recognition['tokens'] })[],
): RecognisedClip {
  const tokens = stretches.flatMap((stretch) => stretch.tokens);
  const logProbability = tokens.reduce((sum, token) => sum + token.logProbability, 0);
  return {
    text: stretches
      .map((stretch) => stretch.text)
      .filter((text) => text !== '')
      .join(' '),
    confidence: tokens.length === 0 ? 0 : Math.exp(logProbability / tokens.length),
    segments: stretches.map(({ startSeconds, endSeconds, text, confidence }) => ({
      startSeconds,
      endSeconds,
      text,
      confidence,
    })),
  };
}

/** Recognises what the front end cut out of a clip, joined over short pauses, from the very PCM16 that would be sent. */
export async function recogniseSegments(
  recogniser: Recogniser,
  segments: readonly RecordedSegment[],
): Promise<RecognisedClip> {
  const stretches: (RecognisedStretch & { readonly tokens: Recognition['tokens'] })[] = [];
  for (const { pcm16, startSample, endSample } of finalClips(segments.map(({ take }) => take))) {
    const { text, confidence, tokens } = await recogniser.transcribe(
      Float32Array.from(pcm16, (step) => step * PCM16_SCALE),
    );
    stretches.push({
      startSeconds: startSample / RECOGNISER_RATE_HZ,
      endSeconds: endSample / RECOGNISER_RATE_HZ,
      text,
      confidence,
      tokens,
    });
  }
  return joined(stretches);
}

/** The clip at the recogniser's rate; samples that are no numbers become 0. */
function atRecogniserRate(samples: Float32Array, rateHz: Hz): Float32Array {
  const finite = samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
  const resampler = new Resampler(rateHz, RECOGNISER_RATE_HZ);
  const output = new Float32Array(resampler.maxOutputFor(finite.length) + resampler.maxFlushOutput);
  const pushedCount = resampler.push(finite, output);
  const flushedCount = resampler.flush(output.subarray(pushedCount));
  return output.subarray(0, pushedCount + flushedCount);
}

/**
 * Recognises a whole clip without the front end: neither cut nor levelled.
 *
 * @param name Names the clip in errors.
 * @throws CliError for a clip longer than {@link LONGEST_RAW_SECONDS}; RangeError for a rate out of range.
 */
export async function recogniseRaw(recogniser: Recogniser, clip: AudioFile, name: string): Promise<RecognisedClip> {
  if (clip.seconds > LONGEST_RAW_SECONDS) {
    throw new CliError(
      `${name}: ${clip.seconds.toFixed(1)} s is too long to be recognised in one piece; give at most ${LONGEST_RAW_SECONDS} s, or leave --raw out.`,
    );
  }
  const { text, confidence, tokens } = await recogniser.transcribe(atRecogniserRate(clip.samples, clip.rateHz));
  return joined([{ startSeconds: 0, endSeconds: clip.seconds, text, confidence, tokens }]);
}
