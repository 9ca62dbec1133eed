import { errorJson, RefusedRequest } from './openai-error.ts';
import type { PredictedSegment, Prediction } from './predict-messages.ts';
import type { Predictor } from './predictor-pool.ts';
import { joinedText, logprobsOf } from './transcription-answer.ts';
import type { TranscriptionRequest } from './transcription-request.ts';
import type { WorkSignal } from './work-signal.ts';

/**
 * Answers with server-sent events: `transcript.text.delta` for each segment, then `transcript.text.done`.
 *
 * Resolves with the first event, so that a clip that is refused still gets its own status. What fails later is told in
 * an `error` event.
 *
 * Source: OpenAI API reference, "Create transcription", streaming.
 *
 * @param work Released here when the stream is over.
 */
export async function streamTranscription(
  asked: TranscriptionRequest,
  isCut: boolean,
  predictor: Predictor,
  work: WorkSignal,
  headers: Headers,
): Promise<Response> {
  const events = new EventSink(() => work.clientGone());
  let noteStarted: (() => void) | undefined;
  const started = new Promise<void>((resolve) => {
    noteStarted = resolve;
  });
  let deltaCount = 0;
  const onSegment = (segment: PredictedSegment): void => {
    const delta = deltaCount === 0 ? segment.text : ` ${segment.text}`;
    deltaCount += 1;
    events.send({ type: 'transcript.text.delta', delta, ...logprobFields(asked, [segment]) });
    noteStarted?.();
  };
  const finished = predictor
    .predict({ clip: asked.clip, isCut, deadlineMs: work.remainingMs(), onSegment }, work.signal)
    .then((prediction: Prediction) => {
      const text = joinedText(prediction);
      events.send({ type: 'transcript.text.done', text, ...logprobFields(asked, prediction.segments) });
    })
    .catch((thrown: unknown) => {
      if (deltaCount === 0) throw thrown;
      events.send({ type: 'error', ...errorJson(refusalOf(thrown)) });
    })
    .finally(() => {
      events.close();
      work.release();
    });
  await Promise.race([started, finished]);
  headers.set('Content-Type', 'text/event-stream; charset=utf-8');
  headers.set('X-Accel-Buffering', 'no');
  return new Response(events.stream, { headers });
}

function logprobFields(asked: TranscriptionRequest, segments: readonly PredictedSegment[]): object {
  return asked.wantsLogprobs ? { logprobs: logprobsOf(segments) } : {};
}

function refusalOf(thrown: unknown): RefusedRequest['refusal'] {
  if (thrown instanceof RefusedRequest) return thrown.refusal;
  return { status: 500, message: 'The server failed while it was answering.', code: 'internal_error' };
}

/** Writes server-sent events into a stream until it is closed from either side. */
class EventSink {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(onCancel: () => void) {
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = undefined;
        onCancel();
      },
    });
  }

  send(event: object): void {
    this.#controller?.enqueue(this.#encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}
