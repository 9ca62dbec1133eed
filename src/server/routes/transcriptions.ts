import {
  CLIP_CONTRACT_HEADER,
  CLIP_CONTRACT_VERSION,
  DEADLINE_HEADER,
  RELEASE_HEADER,
} from '../../protocol/headers.ts';
import type { Ms } from '../../units.ts';
import type { BodyIntake } from '../body-intake.ts';
import { RefusedRequest } from '../openai-error.ts';
import type { Predictor } from '../predictor-pool.ts';
import type { Release } from '../release.ts';
import { readForm } from '../request-body.ts';
import { formatAnswer } from '../transcription-answer.ts';
import { parseTranscriptionForm, type TranscriptionRequest } from '../transcription-request.ts';
import { streamTranscription } from '../transcription-stream.ts';
import { type WorkSignal, workSignal } from '../work-signal.ts';

/** What the route works with. */
export interface TranscriptionsRoute {
  readonly predictor: Predictor;
  readonly intake: BodyIntake;
  readonly release: Release;
  /** Longest time that a request may take; a client may ask for less with `X-Deadline-Ms`. */
  readonly deadlineMs: Ms;
  /** Monotonic clock. */
  readonly nowMs: () => Ms;
}

/**
 * `POST /v1/audio/transcriptions`.
 *
 * @throws RefusedRequest, or ClientGone when nobody waits for the answer any more.
 */
export async function postTranscription(request: Request, route: TranscriptionsRoute): Promise<Response> {
  const isCut = readClipContract(request.headers.get(CLIP_CONTRACT_HEADER));
  const deadlineMs = readDeadline(request.headers.get(DEADLINE_HEADER), route.deadlineMs);
  const work = workSignal(request, deadlineMs, route.nowMs);
  let isStreaming = false;
  try {
    route.predictor.requireRoom(deadlineMs);
    const asked = await parseTranscriptionForm(await readForm(request, route.intake, work.signal), route.release);
    work.received();
    const headers = answerHeaders(asked, route.release);
    if (asked.isStreamed) {
      const response = await streamTranscription(asked, isCut, route.predictor, work, headers);
      isStreaming = true;
      return response;
    }
    return await answerAtOnce(asked, isCut, route, work, headers);
  } catch (thrown) {
    // A body that breaks off because the client left is no fault of the form.
    work.signal.throwIfAborted();
    throw thrown;
  } finally {
    if (!isStreaming) work.release();
  }
}

async function answerAtOnce(
  asked: TranscriptionRequest,
  isCut: boolean,
  route: TranscriptionsRoute,
  work: WorkSignal,
  headers: Headers,
): Promise<Response> {
  const prediction = await route.predictor.predict(
    { clip: asked.clip, isCut, deadlineMs: work.remainingMs() },
    work.signal,
  );
  const answer = formatAnswer(prediction, asked.responseFormat, {
    release: route.release,
    withLogprobs: asked.wantsLogprobs,
  });
  headers.set('Content-Type', answer.contentType);
  return new Response(answer.body, { headers });
}

function answerHeaders(asked: TranscriptionRequest, release: Release): Headers {
  const headers = new Headers({ [RELEASE_HEADER]: release.id, 'Cache-Control': 'no-store' });
  if (asked.ignoredParams.length > 0) headers.set('X-Ignored-Params', asked.ignoredParams.join(', '));
  return headers;
}

/** True when the clip comes from a front end that keeps a contract known here, so that it must not be cut again. */
function readClipContract(version: string | null): boolean {
  if (version === null) return false;
  if (version === CLIP_CONTRACT_VERSION) return true;
  throw new RefusedRequest({
    status: 409,
    message: `Clip contract ${JSON.stringify(version.slice(0, 20))} is not known here; this server knows ${CLIP_CONTRACT_VERSION}. Send the clip without X-Clip-Contract, or update the page.`,
    param: 'X-Clip-Contract',
    code: 'unknown_clip_contract',
  });
}

/**
 * Milliseconds from the `X-Deadline-Ms` header, `longestMs` at most.
 *
 * @throws RefusedRequest 400 for anything but whole milliseconds.
 */
export function readDeadline(value: string | null, longestMs: Ms): Ms {
  if (value === null) return longestMs;
  const deadlineMs = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (deadlineMs >= 1) return Math.min(deadlineMs, longestMs);
  throw new RefusedRequest({
    status: 400,
    message: `X-Deadline-Ms must be whole milliseconds, 1 or more, got ${JSON.stringify(value.slice(0, 20))}.`,
    param: 'X-Deadline-Ms',
    code: 'invalid_value',
  });
}
