import { SpeechError } from '../errors.ts';
import type { FromDeliveryToPage } from '../protocol/delivery-messages.ts';
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
      return [transcriptEvent(message, query.text, endpointMs)];
    case 'fault': {
      const { queryId, segmentId } = message;
      const withdrawn = query.fail(segmentId) ? [new InterimEvent(queryId, segmentId, query.text, '')] : [];
      return [...withdrawn, new SpeechErrorEvent(new SpeechError(message.code, message.message), queryId, segmentId)];
    }
    default:
      return [];
  }
}

function transcriptEvent(
  message: Extract<FromDeliveryToPage, { type: 'answer' }>,
  text: string,
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
    confidence: message.confidence,
    place,
    release: message.release,
    timings: { ...timings, endpointMs: segmentEndpointMs },
  });
}
