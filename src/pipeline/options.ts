import type { Kernel } from '../capture/assets.ts';
import type { Preset } from '../front-end/presets.ts';
import type { ClipEncoding, GetToken, PredictPlace, ResponseFormat } from '../protocol/delivery-messages.ts';
import type { QueryEnds } from '../protocol/query-start.ts';
import type { Ms } from '../units.ts';

/** How a {@link SpeechPipeline} hears and where it sends what it heard. Everything has a default. */
export interface SpeechPipelineOptions {
  /** Transcription endpoint, OpenAI's shape; relative to the page. `/v1/audio/transcriptions` unless told. */
  readonly endpoint?: string;
  /** `ossicle` (the default), or `openai-compatible`, which sends no headers of our own. */
  readonly server?: 'ossicle' | 'openai-compatible';
  /** Model that the server is asked for, `moonshine-tiny-en` unless told. */
  readonly model?: string;
  /** What the server is asked to answer with, `json` unless told; any known shape of answer is read. */
  readonly responseFormat?: ResponseFormat;
  /** Asks for the text while it is recognised, for `interim` events; off unless told. Servers that cannot ignore it. */
  readonly stream?: boolean;
  /**
   * How speech travels: `wav` (the default) as it is, 32 kB a second; `opus` (WebCodecs) a tenth of that;
   * docs/benchmarks/prediction-opus.md measures what it costs in words. Browsers that cannot encode Opus send WAV.
   */
  readonly encoding?: ClipEncoding;
  /** BCP 47 language of the speech, `en` unless told. */
  readonly language?: string;
  /** Extra request headers, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Gives a bearer token for `Authorization`. Asked when one is first needed, and once more after a server refused it
   * (401); it should answer within the deadline.
   */
  readonly getToken?: GetToken;
  /** Where speech is recognised: `server` (the default), `device`, or `server-then-device`. */
  readonly predict?: PredictPlace;
  /** From sending a segment to giving its answer up, retries included; 15 s unless told. Longer suits slow networks. */
  readonly deadlineMs?: Ms;
  /** Attempts after the first, on failures that may pass, 2 unless told; 0 to 10. */
  readonly retryCount?: number;
  /**
   * Keeps speech that could not be sent on the device (IndexedDB, by site) until it is sent, also after a reload or a
   * crash, and sends it by itself. Off, which is the default, it waits in memory until `retry()`. Ask your users.
   */
  readonly queueOffline?: boolean;
  /** Most audio that waits, in bytes, 20 MB unless told: 32 kB a second. The oldest goes first. */
  readonly queueBytes?: number;
  /** How long speech waits, a day unless told. */
  readonly queueAgeMs?: Ms;
  /** Times that suit what people say: one word (`command`), a `search` (the default), or sentences (`dictation`). */
  readonly preset?: Preset;
  /**
   * The speech detector's network: `full` (the default, 0.4 MB) or `lite` (0.2 MB, int8), which is faster, smaller, and
   * cuts a few segments in a hundred otherwise.
   */
  readonly kernel?: Kernel;
  /** Silence after the last segment that ends the query; the preset's unless told. Longer lets people think. */
  readonly queryEndMs?: Ms;
  /** Silence from the press that ends a query in which nobody spoke; the preset's unless told. */
  readonly noSpeechMs?: Ms;
  /**
   * Where the on-device recogniser's files lie, `/models/moonshine-tiny-en/` unless told; relative to the page, with a
   * trailing slash.
   */
  readonly modelBase?: string;
  /** Where Ossicle's own files lie, if not beside the module: worklet, workers, kernel; with a trailing slash. */
  readonly assetBase?: string;
  /**
   * Where onnxruntime's `ort-wasm-simd-threaded.wasm` lies, relative to the page; needed for `predict` other than
   * `server`. At 14 MB it is not part of the package: copy it from `dist/` of `onnxruntime-web` (the version that is this
   * package's peer dependency) and name it here, or put it beside the workers where it is looked for by default.
   */
  readonly ortWasmUrl?: string;
}

/** How a detector hears that is changed while the page is open; see {@link SpeechPipelineOptions} for both. */
export interface HearingOptions {
  readonly preset: Preset;
  readonly kernel: Kernel;
}

/** How one query begins. */
export interface StartOptions {
  /** Gives the query up. */
  readonly signal?: AbortSignal;
  /** `auto` (the default) ends the query after a silence; `manual` leaves that to `stop()`, as push-to-talk does. */
  readonly ends?: QueryEnds;
}
