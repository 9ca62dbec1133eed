import type {
  TokenLogprob,
  TranscriptionJson,
  TranscriptionSegment,
  VerboseTranscriptionJson,
} from '../protocol/transcription.ts';
import type { Seconds } from '../units.ts';
import type { PredictedSegment, PredictedToken, Prediction } from './predict-messages.ts';
import type { Release } from './release.ts';
import type { ResponseFormat } from './transcription-request.ts';

/** A body and what it is. */
export interface AnswerBody {
  readonly contentType: string;
  readonly body: string;
}

/** Writes a prediction in the format that was asked for. */
export function formatAnswer(
  prediction: Prediction,
  format: ResponseFormat,
  options: { readonly release: Release; readonly withLogprobs: boolean },
): AnswerBody {
  switch (format) {
    case 'json':
      return json(transcriptionJson(prediction, options.withLogprobs));
    case 'verbose_json':
      return json(verboseJson(prediction, options.release));
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', body: `${joinedText(prediction)}\n` };
    case 'srt':
      return { contentType: 'application/x-subrip; charset=utf-8', body: subRip(prediction.segments) };
    case 'vtt':
      return { contentType: 'text/vtt; charset=utf-8', body: webVtt(prediction.segments) };
  }
}

/** The segments' texts joined by spaces; empty when there was no speech. */
export function joinedText(prediction: Prediction): string {
  return prediction.segments.map((segment) => segment.text).join(' ');
}

/** OpenAI's list of log-probabilities, one entry a token. */
export function logprobsOf(segments: readonly PredictedSegment[]): TokenLogprob[] {
  const encoder = new TextEncoder();
  return segments.flatMap((segment) =>
    segment.tokens.map(({ text, logProbability }) => ({
      token: text,
      logprob: logProbability,
      bytes: [...encoder.encode(text)],
    })),
  );
}

function transcriptionJson(prediction: Prediction, withLogprobs: boolean): TranscriptionJson {
  const answer: TranscriptionJson = {
    text: joinedText(prediction),
    confidence: Math.exp(meanLogprob(prediction.segments.flatMap((segment) => segment.tokens))),
    duration: prediction.durationSeconds,
  };
  return withLogprobs ? { ...answer, logprobs: logprobsOf(prediction.segments) } : answer;
}

function verboseJson(prediction: Prediction, release: Release): VerboseTranscriptionJson {
  return {
    task: 'transcribe',
    language: release.languageName,
    ...transcriptionJson(prediction, false),
    segments: prediction.segments.map(
      (segment, id): TranscriptionSegment => ({
        id,
        start: roundToMs(segment.startSeconds),
        end: roundToMs(segment.endSeconds),
        text: segment.text,
        temperature: 0,
        avg_logprob: meanLogprob(segment.tokens),
      }),
    ),
  };
}

/** Natural logarithm; -Infinity without tokens, so that the confidence in no speech is 0. */
function meanLogprob(tokens: readonly PredictedToken[]): number {
  if (tokens.length === 0) return Number.NEGATIVE_INFINITY;
  return tokens.reduce((sum, token) => sum + token.logProbability, 0) / tokens.length;
}

function subRip(segments: readonly PredictedSegment[]): string {
  return segments
    .map(({ startSeconds, endSeconds, text }, i) => {
      return `${i + 1}\n${clockTime(startSeconds, ',')} --> ${clockTime(endSeconds, ',')}\n${text}\n\n`;
    })
    .join('');
}

/** Source: W3C WebVTT, section 4.1. */
function webVtt(segments: readonly PredictedSegment[]): string {
  const cues = segments.map(({ startSeconds, endSeconds, text }) => {
    const cueText = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return `${clockTime(startSeconds, '.')} --> ${clockTime(endSeconds, '.')}\n${cueText}\n\n`;
  });
  return `WEBVTT\n\n${cues.join('')}`;
}

/** hh:mm:ss and milliseconds after the given mark. */
function clockTime(seconds: Seconds, mark: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`;
  return `${clock}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

function roundToMs(seconds: Seconds): Seconds {
  return Math.round(seconds * 1000) / 1000;
}

function json(value: unknown): AnswerBody {
  return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}
