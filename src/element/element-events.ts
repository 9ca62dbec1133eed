import type { InputMetrics, SegmentSpan, SegmentTimings, SpeechErrorCode } from '../index.ts';
import type { Dbfs, Ms } from '../units.ts';
import type { VoicePhase } from './voice-state.ts';

/** Who changed the text, or asked for the search. */
export type ValueSource = 'typed' | 'voice' | 'history' | 'clear' | 'script';

/** One segment of a spoken query. */
export interface HeardSegment {
  readonly segmentId: number;
  readonly text: string;
  /** 0..1; undefined when the server does not tell. */
  readonly confidence: number | undefined;
  readonly timings: SegmentTimings;
}

/** What the events of `<voice-search>` carry in `detail`. */
export interface VoiceSearchDetails {
  /** Cancelable: the microphone then stays closed. */
  readonly 'vs-before-start': null;
  readonly 'vs-state': { readonly state: VoicePhase; readonly previous: VoicePhase };
  readonly 'vs-speech-start': { readonly segmentId: number };
  readonly 'vs-speech-end': { readonly segmentId: number };
  readonly 'vs-level': { readonly rmsDbfs: Dbfs; readonly peakDbfs: Dbfs; readonly probability: number };
  readonly 'vs-segment': { readonly segmentId: number; readonly span: SegmentSpan; readonly metrics: InputMetrics };
  /** The query so far; it may still change. */
  readonly 'vs-partial': { readonly text: string };
  readonly 'vs-transcript': {
    readonly text: string;
    /** Lowest of the segments; undefined when the server does not tell. */
    readonly confidence: number | undefined;
    readonly segments: readonly HeardSegment[];
    /** From the end of the last word to its text; undefined for a text that waited. */
    readonly latency: Ms | undefined;
    /** Said at an earlier press or visit. */
    readonly isLate: boolean;
  };
  readonly 'vs-change': { readonly value: string; readonly source: ValueSource };
  /** Cancelable: no form is then submitted. */
  readonly 'vs-search': { readonly value: string; readonly source: ValueSource };
  readonly 'vs-search-again': null;
  readonly 'vs-switch-typing': null;
  /** What the site reported, and what a query took. */
  readonly 'vs-metrics': {
    readonly name: 'result-count' | 'click-position' | 'latency';
    readonly value: number;
    readonly unit: 'count' | 'position' | 'ms';
  };
  readonly 'vs-error': { readonly code: SpeechErrorCode; readonly message: string };
}

/** Every event of `<voice-search>`; all bubble and leave shadow trees. */
export type VoiceSearchEventMap = { readonly [K in keyof VoiceSearchDetails]: CustomEvent<VoiceSearchDetails[K]> };

const CANCELABLE: ReadonlySet<string> = new Set(['vs-before-start', 'vs-search']);

/** Fires an event of the element; false when a listener prevented it. */
export function fire<K extends keyof VoiceSearchDetails>(
  host: EventTarget,
  type: K,
  detail: VoiceSearchDetails[K],
): boolean {
  return host.dispatchEvent(
    new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: CANCELABLE.has(type) }),
  );
}

declare global {
  interface HTMLElementEventMap extends VoiceSearchEventMap {}
}
