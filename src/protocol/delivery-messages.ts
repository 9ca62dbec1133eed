import type { SpeechErrorCode } from '../errors.ts';
import type { Ms } from '../units.ts';
import type { OutboxSettings, SendReport } from './outbox.ts';
import type { InputMetrics, SegmentSpan } from './segment.ts';

/** Where a segment is recognised. */
export type PredictPlace = 'server' | 'device' | 'server-then-device';

/** What a server is asked to answer with. */
export type ResponseFormat = 'json' | 'verbose_json' | 'text';

/** How a clip travels: `wav` is PCM16 as it is, 32 kB a second; `opus` a tenth of that, and lossy. */
export type ClipEncoding = 'wav' | 'opus';

/** Gives a bearer token; asked when one is needed, and again after a server refused it (401). */
export type GetToken = () => string | Promise<string>;

/** How the delivery worker reaches the prediction API. Every field is explicit: nothing is guessed from the URL. */
export interface DeliverySettings {
  /** Full URL of an OpenAI-compatible transcription endpoint, absolute. */
  readonly endpoint: string;
  /** `ossicle` adds our own request headers, which other servers' CORS rules would refuse. */
  readonly server: 'ossicle' | 'openai-compatible';
  readonly model: string;
  readonly responseFormat: ResponseFormat;
  /** Asks for the text while it is recognised; servers that cannot stream ignore it. */
  readonly stream: boolean;
  /** `opus` falls back to `wav` where the browser cannot encode it. */
  readonly encoding: ClipEncoding;
  /** BCP 47 language of the speech. */
  readonly language: string;
  /** Extra request headers, such as `Authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** What our server derives the release from; random, the same for one visit. */
  readonly sessionKey: string;
  /** From sending a take to its answer, retries included. */
  readonly deadlineMs: Ms;
  readonly retryCount: number;
  readonly predict: PredictPlace;
}

/** Stage times of one segment, measured in the delivery worker. */
export interface DeliveryTimings {
  /** Packing samples into the request body. */
  readonly encodeMs: Ms;
  /** From the first request's start to its answer, retries included; on the device, the recognition. */
  readonly predictMs: Ms;
  /** From the commit to the answer's release; 0 when the speculative answer was already there. */
  readonly afterCommitMs: Ms;
  /** Times a request was sent for this take. */
  readonly attemptCount: number;
}

/** Delivery worker to page, over a port that the page made. */
export type FromDeliveryToPage =
  /** A take's request left the device. */
  | { readonly type: 'sent'; readonly queryId: number; readonly segmentId: number; readonly sentBytes: number }
  /** The segment's end stood; its text follows as `answer` or `fault`. */
  | {
      readonly type: 'segment';
      readonly queryId: number;
      readonly segmentId: number;
      readonly span: SegmentSpan;
      readonly metrics: InputMetrics;
    }
  /** What is recognised so far of the committed segment whose answer comes next; each replaces the one before. */
  | {
      readonly type: 'interim';
      readonly queryId: number;
      readonly segmentId: number;
      readonly joinedSegmentIds: readonly number[];
      readonly text: string;
    }
  /** The text of a committed segment; empty when the recogniser heard no speech in it. */
  | {
      readonly type: 'answer';
      readonly queryId: number;
      readonly segmentId: number;
      readonly text: string;
      /** Earlier segments of the query that were recognised again together with this one: its text has theirs, too. */
      readonly joinedSegmentIds: readonly number[];
      /** exp(mean token log-probability), 0..1; absent when the server does not tell. */
      readonly confidence?: number;
      readonly place: 'server' | 'device';
      readonly release?: string;
      readonly timings: DeliveryTimings;
    }
  /** A committed segment has no text yet: unless the server will not have it (`rejected`), it waits in the outbox. */
  | {
      readonly type: 'fault';
      readonly queryId: number;
      readonly segmentId: number;
      readonly code: SpeechErrorCode;
      readonly message: string;
    }
  /** All committed segments of the query were answered or failed, after the worklet ended it. */
  | { readonly type: 'query-settled'; readonly queryId: number };

/** Comlink surface of the delivery worker. */
export interface DeliveryApi {
  /** Takes effect with the next take. @param getToken May be proxied; absent: as before. */
  configure(settings: DeliverySettings, getToken?: GetToken): Promise<void>;
  /** `fromWorklet` carries {@link FromWorkletToDelivery}, `toPage` {@link FromDeliveryToPage}; both transferred. */
  connect(fromWorklet: MessagePort, toPage: MessagePort): Promise<void>;
  /** A port on which a Comlink `RecogniserApi` listens; transferred. Needed for `predict` other than `server`. */
  connectRecogniser(port: MessagePort): Promise<void>;
  /** The recogniser is gone: what waits for it fails. */
  disconnectRecogniser(): Promise<void>;
  /** `toPage` carries {@link FromOutboxToPage}; transferred. What waits, and answers not acknowledged, come at once. */
  connectOutbox(toPage: MessagePort): Promise<void>;
  /** Where what could not be sent waits from now on; resolves when what waits already is there. */
  configureOutbox(settings: OutboxSettings): Promise<void>;
  /** Sends what waits, oldest first, until all is answered or one fails. */
  sendQueued(): Promise<SendReport>;
  /** Deletes a query that waits; without a key, all of them. */
  deleteQueued(queryKey?: string): Promise<void>;
  /** The page has these answers: they are not told again. */
  acknowledgeAnswers(ids: readonly string[]): Promise<void>;
  /**
   * The worklet of the query stands still: what it posted and left open stands. Should it come back, it is heard, even
   * when another has taken over.
   */
  commitOpenTakes(queryId: number): Promise<void>;
  /** As {@link DeliveryApi.commitOpenTakes}, and the query ends, which the worklet could not say. */
  endQuery(queryId: number): Promise<void>;
  /** The next query begins: what is committed of this one and not answered yet waits in the outbox. */
  postponeQuery(queryId: number): Promise<void>;
  /** Aborts what is under way for the query and forgets it, also what of it waits in the outbox. */
  cancelQuery(queryId: number): Promise<void>;
}

/** Comlink surface of the on-device recogniser's worker. */
export interface RecogniserApi {
  /** Downloads (or takes from the cache) and starts the model once; later calls join. `onProgress` may be proxied. */
  load(onProgress?: (loadedBytes: number, totalBytes: number) => void): Promise<void>;
  /** Recognises one segment: mono at 16 kHz, transferred. */
  transcribe(pcm16: Int16Array): Promise<{ readonly text: string; readonly confidence: number }>;
}

/**
 * Page to the on-device recogniser's worker: answer {@link RecogniserApi} on this port, by Comlink.
 *
 * Sent once for every port: the page's own, and the one for the delivery worker. All ports share one model.
 */
export interface RecogniserConnectMessage {
  readonly type: 'connect';
  /** Transferred. */
  readonly port: MessagePort;
  /** Folder of the model's files: absolute URL, or path from the worker's origin, with a trailing slash. */
  readonly modelBase: string;
  /** Where onnxruntime's `ort-wasm-simd-threaded.wasm` lies, if not where the build put it. The first one counts. */
  readonly ortWasmUrl?: string;
}
