import {
  isSpeechError,
  type PipelineState,
  type QueryEnds,
  type SpeechErrorCode,
  SpeechPipeline,
  type TranscriptEvent,
} from '../index.ts';
import { type Automation, FULL_AUTOMATION, isSureEnough } from './automation.ts';
import { playEarcon } from './earcon.ts';
import type { HeardSegment, VoiceSearchDetails } from './element-events.ts';
import { LevelHintTracker } from './level-hint.ts';
import type { VoiceSettings } from './settings.ts';
import type { VoiceInput } from './voice-state.ts';
import { ENGLISH_LATER, howToAllow } from './words/english-later.ts';
import type { KnownMessages, LaterMessages } from './words/messages.ts';

/** Whom a {@link VoiceDriver} tells. */
export interface DriverListener {
  input(input: VoiceInput): void;
  fire<K extends keyof VoiceSearchDetails>(type: K, detail: VoiceSearchDetails[K]): void;
  level(rmsDbfs: number, isSpeech: boolean): void;
}

/** A query of the pipeline, and the press that it belongs to. */
interface Query {
  readonly run: number;
  readonly segments: HeardSegment[];
  isOver: boolean;
  code: SpeechErrorCode;
}

/** Plays the state model's effects on a pipeline, and tells it what the pipeline reports. Fetched on intent. */
export class VoiceDriver {
  /** English for what can be said from now on. */
  static readonly laterWords: LaterMessages = ENGLISH_LATER;
  readonly #listener: DriverListener;
  readonly #settings: VoiceSettings;
  readonly #pipeline: SpeechPipeline;
  readonly #hints = new LevelHintTracker();
  readonly #queries = new Map<number, Query>();
  #run = 0;
  #lengthTimer: ReturnType<typeof setTimeout> | undefined;
  #isHearing = false;
  #automation: Automation = FULL_AUTOMATION;

  /** @throws RangeError or TypeError naming the setting that makes no sense. */
  constructor(settings: VoiceSettings, listener: DriverListener) {
    this.#settings = settings;
    this.#listener = listener;
    const pipeline = new SpeechPipeline(settings.pipeline);
    this.#pipeline = pipeline;
    pipeline.addEventListener('statechange', ({ state }) => this.#onState(state));
    pipeline.addEventListener('level', ({ rmsDbfs, peakDbfs, probability }) => {
      const hint = this.#hints.push(performance.now(), rmsDbfs, peakDbfs, probability);
      listener.level(rmsDbfs, probability >= 0.5);
      listener.input({ type: 'level', run: this.#run, hint });
      listener.fire('vs-level', { rmsDbfs, peakDbfs, probability });
    });
    pipeline.addEventListener('speechstart', ({ segmentId }) => listener.fire('vs-speech-start', { segmentId }));
    pipeline.addEventListener('speechend', ({ segmentId }) => listener.fire('vs-speech-end', { segmentId }));
    pipeline.addEventListener('segment', ({ segmentId, span, metrics }) =>
      listener.fire('vs-segment', { segmentId, span, metrics }),
    );
    pipeline.addEventListener('interim', ({ queryId, text }) => this.#onPartial(queryId, text));
    pipeline.addEventListener('transcript', (event) => this.#onTranscript(event));
    pipeline.addEventListener('queryend', ({ queryId, reason, text, failedSegmentCount }) => {
      if (reason !== 'cancelled') this.#onQueryEnd(this.#query(queryId), text, failedSegmentCount);
    });
    pipeline.addEventListener('error', ({ error, queryId, segmentId }) => {
      listener.fire('vs-error', { code: error.code, message: error.message });
      // Without a segment it is the microphone, which the state tells.
      if (queryId !== undefined && segmentId !== undefined) this.#query(queryId).code = error.code;
    });
    pipeline.addEventListener('queue-dropped', ({ queryId, reason }) => {
      const query = queryId === undefined ? undefined : this.#queries.get(queryId);
      if (query === undefined) return;
      const code = reason === 'refused' ? 'rejected' : 'internal';
      listener.input({ type: 'failed', run: query.run, code, text: '', isKept: false });
    });
    pipeline.addEventListener('sent', ({ queryId, text, confidence }) => {
      // Of the present press, a transcript tells.
      if (queryId !== undefined && this.#queries.get(queryId)?.run === this.#run) return;
      listener.fire('vs-transcript', { text, confidence, segments: [], latency: undefined, isLate: true });
      listener.input({ type: 'late', text });
    });
  }

  /** Fetches what a press needs, and asks the server how much to do unasked. */
  async warm(): Promise<void> {
    await Promise.all([this.#askAutomation(), this.#pipeline.warm()]);
  }

  open(run: number, ends: QueryEnds): void {
    this.#run = run;
    // Asked anew for every query, beside it: a text takes longer.
    this.#askAutomation().catch(() => undefined);
    this.#hints.reset();
    this.#cue('open');
    this.#pipeline.start({ ends }).catch((error: unknown) => {
      // The state tells what hinders the microphone; a start that was cancelled has nothing to tell.
      if (this.#pipeline.state.phase === 'failed' || (error instanceof DOMException && error.name === 'AbortError'))
        return;
      this.#fail(run, isSpeechError(error) ? error.code : 'internal');
    });
  }

  setEnds(ends: QueryEnds): void {
    this.#pipeline.setEnds(ends);
  }

  close(): void {
    const run = this.#run;
    this.#pipeline.stop().catch(() => this.#fail(run, 'internal'));
  }

  drop(): void {
    this.#run = Number.NaN;
    this.#endLength();
    this.#isHearing = false;
    this.#pipeline.cancel();
  }

  resume(): void {
    void this.#pipeline.resume();
  }

  /** Sends what waits. */
  async resend(run: number): Promise<void> {
    const report = await this.#pipeline.queue.send().catch(() => undefined);
    const code = report === undefined ? 'internal' : report.failure?.code;
    if (code === undefined) this.#listener.input({ type: 'settled', run });
    else this.#listener.input({ type: 'failed', run, code, text: '', isKept: true });
  }

  /** Deletes what waits, and the recogniser where it was downloaded. */
  async deleteData(): Promise<void> {
    await Promise.all([this.#pipeline.queue.clear(), this.#pipeline.deleteRecogniser()]);
  }

  /** Where this browser keeps the switch for the microphone, in words. */
  howToAllow(messages: KnownMessages): string {
    return howToAllow(messages, navigator.userAgent);
  }

  /** Ends everything; the tracks of the microphone are stopped when this returns. */
  dispose(): void {
    this.#endLength();
    void this.#pipeline.close();
  }

  async #askAutomation(): Promise<void> {
    const { askAutomation } = await import('./ask-automation.ts');
    this.#automation = await askAutomation(this.#settings);
  }

  #query(queryId: number): Query {
    let query = this.#queries.get(queryId);
    if (query === undefined) {
      query = { run: this.#run, segments: [], isOver: false, code: 'internal' };
      this.#queries.set(queryId, query);
    }
    return query;
  }

  #onState(state: PipelineState): void {
    const { input } = this.#listener;
    switch (state.phase) {
      case 'listening': {
        const { run } = this.#query(state.queryId);
        if (!this.#isHearing) this.#beginLength();
        this.#isHearing = true;
        input({ type: 'audio', run, now: state.isSpeaking ? 'speaking' : 'listening' });
        return;
      }
      case 'interrupted':
        input({ type: 'audio', run: this.#query(state.queryId).run, now: 'interrupted' });
        return;
      case 'recovering':
        input({ type: 'audio', run: this.#query(state.queryId).run, now: 'reconnecting' });
        return;
      case 'finishing':
        this.#endHearing();
        input({ type: 'audio', run: this.#query(state.queryId).run, now: 'closed' });
        return;
      case 'failed':
        this.#endHearing();
        this.#fail(this.#run, state.error.code);
        return;
      default:
        return;
    }
  }

  #onPartial(queryId: number, text: string): void {
    const { run } = this.#query(queryId);
    if (run !== this.#run) return;
    this.#listener.fire('vs-partial', { text });
    this.#listener.input({ type: 'heard-so-far', run, text });
  }

  #onTranscript(event: TranscriptEvent): void {
    const { queryId, segmentId, segmentText, confidence, timings, text, failedSegmentCount } = event;
    const query = this.#query(queryId);
    query.segments.push({ segmentId, text: segmentText, confidence, timings });
    if (!query.isOver) this.#onPartial(queryId, text);
    // The last of what failed has its text now.
    else if (failedSegmentCount === 0) this.#tellHeard(query, text);
  }

  #onQueryEnd(query: Query, text: string, failedSegmentCount: number): void {
    query.isOver = true;
    if (failedSegmentCount === 0) this.#tellHeard(query, text);
    else {
      const { run, code } = query;
      this.#listener.input({ type: 'failed', run, code, text, isKept: code !== 'rejected' });
    }
  }

  #tellHeard({ run, segments }: Query, text: string): void {
    if (run !== this.#run) return;
    const known = segments.flatMap(({ confidence }) => confidence ?? []);
    const confidence = known.length === 0 ? undefined : Math.min(...known);
    const last = segments.at(-1)?.timings;
    const latency = last === undefined ? undefined : last.endpointMs + last.afterCommitMs;
    if (text !== '') this.#listener.fire('vs-transcript', { text, confidence, segments, latency, isLate: false });
    if (latency !== undefined) this.#listener.fire('vs-metrics', { name: 'latency', value: latency, unit: 'ms' });
    this.#listener.input({
      type: 'heard',
      run,
      text,
      isSure: isSureEnough(confidence, this.#settings, this.#automation),
    });
  }

  #fail(run: number, code: SpeechErrorCode): void {
    this.#listener.input({ type: 'failed', run, code, text: '', isKept: false });
  }

  #beginLength(): void {
    const { maxDurationMs } = this.#settings;
    if (maxDurationMs > 0) this.#lengthTimer = setTimeout(() => this.#listener.input({ type: 'stop' }), maxDurationMs);
  }

  #endLength(): void {
    clearTimeout(this.#lengthTimer);
  }

  #endHearing(): void {
    this.#endLength();
    if (this.#isHearing) this.#cue('closed');
    this.#isHearing = false;
  }

  #cue(kind: 'open' | 'closed'): void {
    if (this.#settings.hasHaptics) navigator.vibrate?.(kind === 'open' ? 20 : [15, 40, 15]);
    if (this.#settings.hasEarcons) playEarcon(kind).catch(() => undefined);
  }
}
