import { SpeechError } from '../errors.ts';
import type { FromDeliveryToPage } from '../protocol/delivery-messages.ts';
import type { QueuedAnswer } from '../protocol/outbox.ts';
import type { Ms } from '../units.ts';
import { InterimEvent, SegmentEvent, SpeechErrorEvent, TranscriptEvent } from './events.ts';
import type { QueryTexts } from './query-texts.ts';

/** An event that tells what became of a segment. */
export type SegmentNews = SegmentEvent | InterimEvent | TranscriptEvent | SpeechErrorEvent;

/**
 * Books a message of the delivery in its query.
 *
 * @param endpointMs Of the segments that were heard to end; the answered one's is taken out.
 * @returns The events that tell of it, in order.
 */
export function bookDelivery(
  message: FromDeliveryToPage,
  query: QueryTexts,
  endpointMs: Map<number, Ms>,
): readonly SegmentNews[] {
  switch (message.type) {
    case 'segment':
      return [new SegmentEvent(message.queryId, message.segmentId, message.span, message.metrics)];
    case 'interim': {
      const { queryId, segmentId, text, joinedSegmentIds } = message;
      const textSoFar = query.interim(segmentId, text, joinedSegmentIds);
      return textSoFar === undefined ? [] : [new InterimEvent(queryId, segmentId, textSoFar, text)];
    }
    case 'answer':
      query.answer(message.segmentId, message.text, message.joinedSegmentIds);
      return [transcriptEvent(message, query, endpointMs)];
    case 'fault': {
      const { queryId, segmentId } = message;
      const withdrawn = query.fail(segmentId) ? [new InterimEvent(queryId, segmentId, query.text, '')] : [];
      return [...withdrawn, new SpeechErrorEvent(new SpeechError(message.code, message.message), queryId, segmentId)];
    }
    default:
      return [];
  }
}

type AnswerMessage = Extract<FromDeliveryToPage, { type: 'answer' }>;

/** The answer to a segment that waited, as the message that would have come without the wait, which is not timed. */
export function answerMessage(queryId: number, answer: QueuedAnswer): AnswerMessage {
  const { segmentId, joinedSegmentIds, text, confidence, place, release, encodeMs, predictMs, attemptCount } = answer;
  return {
    type: 'answer',
    ...{ queryId, segmentId, joinedSegmentIds, text, place },
    ...(confidence === undefined ? {} : { confidence }),
    ...(release === undefined ? {} : { release }),
    timings: { encodeMs, predictMs, afterCommitMs: encodeMs + predictMs, attemptCount },
  };
}

function transcriptEvent(
  message: AnswerMessage,
  { text, failedSegmentCount }: QueryTexts,
  endpointMs: Map<number, Ms>,
): TranscriptEvent {
  const { queryId, segmentId, place, timings } = message;
  const segmentEndpointMs = endpointMs.get(segmentId) ?? 0;
  endpointMs.delete(segmentId);
  return new TranscriptEvent({
    queryId,
    segmentId,
    text,
    segmentText: message.text,
    failedSegmentCount,
    confidence: message.confidence,
    place,
    release: message.release,
    timings: { ...timings, endpointMs: segmentEndpointMs },
  });
}
