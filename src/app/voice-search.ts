import type { BrowserFamily } from '../element/browser-family.ts';
import { type LevelHint, LevelHintTracker } from '../element/level-hint.ts';
import type { PressTarget } from '../element/press-control.ts';
import {
  type InterimEvent,
  isSpeechError,
  type LevelEvent,
  type PipelineState,
  type QueryEndEvent,
  type QueryEnds,
  type QueueDroppedEvent,
  type SpeechErrorCode,
  type SpeechErrorEvent,
  type SpeechPipeline,
  type TranscriptEvent,
} from '../index.ts';
import type { Ms } from '../units.ts';
import type { LevelMeter } from './level-meter.ts';
import { resultsTitle } from './results-view.ts';
import type { SearchFindings } from './search-client.ts';
import type { SearchField } from './search-field.ts';
import type { SearchPage } from './search-page.ts';
import type { SlipView } from './slip-view.ts';
import type { StatusView } from './status-view.ts';
import {
  type StatusAction,
  TRANSCRIBING_AFTER_MS,
  type VoiceOutcome,
  type VoiceStatus,
  voiceStatus,
} from './voice-status.ts';

/** What {@link VoiceSearch} plays on. */
export interface VoiceSearchParts {
  readonly pipeline: SpeechPipeline;
  readonly field: SearchField;
  readonly page: SearchPage;
  readonly status: StatusView;
  readonly slip: SlipView;
  readonly meter: LevelMeter;
  readonly host: string;
  readonly browser: BrowserFamily;
  readonly nowMs: () => Ms;
  readonly isOnline: () => boolean;
  readonly isRecogniserHere: () => boolean;
  /** Gets the on-device recogniser ready if it is chosen. */
  readonly prepareRecogniser: () => void;
  /** A query was heard and searched for. */
  readonly remember: (text: string) => void;
}

/** Failures that end by themselves once the network is back. */
const MENDED_BY_NETWORK: ReadonlySet<SpeechErrorCode> = new Set(['offline', 'unreachable']);

const OPEN_PHASES: ReadonlySet<PipelineState['phase']> = new Set([
  'requesting',
  'starting',
  'listening',
  'interrupted',
  'recovering',
]);

/** Voice on the page: what the pipeline reports becomes words, text in the field, and searches. */
export class VoiceSearch implements PressTarget {
  readonly #parts: VoiceSearchParts;
  readonly #hints = new LevelHintTracker();
  #outcome: VoiceOutcome;
  #levelHint: LevelHint = 'none';
  /** Begins with the press; `start()` may still be on its way to the first state. */
  #starting: AbortController | undefined;
  /** Queries up to this one belong to earlier presses. */
  #lastQueryBefore = Number.NEGATIVE_INFINITY;
  #lastQuery = Number.NEGATIVE_INFINITY;
  #lastCode: SpeechErrorCode = 'internal';
  /** What waits is being sent because somebody asked for it, or the network came back. */
  #isRetrying = false;
  #isWaitLong = false;
  #waitTimer: ReturnType<typeof setTimeout> | undefined;
  #isAnnouncementDue = false;
  #searching: Promise<SearchFindings | undefined> | undefined;

  /** @param initial Shown until the first press: a page that can have no microphone says so at once. */
  constructor(parts: VoiceSearchParts, initial: VoiceOutcome, signal: AbortSignal) {
    this.#parts = parts;
    this.#outcome = initial;
    const { pipeline, field, slip } = parts;
    const listen = { signal };
    pipeline.addEventListener('statechange', () => this.#onState(), listen);
    pipeline.addEventListener('level', (event) => this.#onLevel(event), listen);
    pipeline.addEventListener('interim', (event) => this.#onInterim(event), listen);
    pipeline.addEventListener('transcript', (event) => this.#onTranscript(event), listen);
    pipeline.addEventListener('queryend', (event) => this.#onQueryEnd(event), listen);
    pipeline.addEventListener('error', (event) => this.#onError(event), listen);
    pipeline.addEventListener('queue-change', () => this.show(), listen);
    pipeline.addEventListener('queue-dropped', (event) => this.#onDropped(event), listen);
    pipeline.addEventListener('transfer', (event) => slip.showTransfer(event), listen);
    field.addEventListener('typed', () => this.show(), listen);
    field.addEventListener('undo', () => this.act('undo'), listen);
    window.addEventListener('online', () => this.#onOnline(), listen);
    window.addEventListener('offline', () => this.show(), listen);
    this.show();
  }

  get isOpen(): boolean {
    return this.#starting !== undefined || OPEN_PHASES.has(this.#parts.pipeline.state.phase);
  }

  get isAsking(): boolean {
    return this.#parts.pipeline.state.phase === 'requesting';
  }

  warm(): void {
    // A part that cannot be fetched now is fetched again by the press, which then tells.
    void this.#parts.pipeline.warm().catch(() => undefined);
  }

  start(ends: QueryEnds = 'auto'): void {
    void this.#start(ends);
  }

  setEnds(ends: QueryEnds): void {
    this.#parts.pipeline.setEnds(ends);
  }

  stop(): void {
    void this.#parts.pipeline.stop().catch(() => this.#finish({ kind: 'failed', code: 'internal', text: '' }));
  }

  cancel(): void {
    const { pipeline, field, page, slip } = this.#parts;
    this.#lastQueryBefore = this.#lastQuery;
    this.#starting?.abort();
    pipeline.cancel();
    slip.dropInterim();
    if (field.isUndoable) {
      field.undo();
      page.searchNow(field.text);
    }
    this.#finish({ kind: 'cancelled' });
  }

  /** True for the query whose text goes into the field when it comes. */
  isShowing(queryId: number | undefined): boolean {
    return queryId !== undefined && queryId === this.#lastQuery && queryId > this.#lastQueryBefore;
  }

  /** Queries that waited were deleted by hand. */
  forget(queryIds: readonly (number | undefined)[]): void {
    if (this.#outcome.kind === 'failed' && queryIds.includes(this.#lastQuery)) this.#finish({ kind: 'cancelled' });
  }

  /** Does what a button beside the status says. */
  act(action: StatusAction): void {
    const { pipeline, field, page } = this.#parts;
    switch (action) {
      case 'start':
        this.start();
        break;
      case 'resume':
        void pipeline.resume();
        break;
      case 'retry':
        void this.#sendAgain();
        break;
      case 'undo':
        field.undo();
        page.searchNow(field.text);
        this.#outcome = { kind: 'none' };
        break;
      case 'use-heard':
        if (this.#outcome.kind !== 'heard') return;
        field.acceptHeard(this.#outcome.text);
        page.searchNow(field.text);
        this.#outcome = { ...this.#outcome, placing: 'in-field' };
        break;
    }
    this.show();
  }

  /** Shows the present situation in words; returns what is shown. */
  show(): VoiceStatus {
    const { pipeline, field, status, isOnline, isRecogniserHere, host, browser } = this.#parts;
    const shown = voiceStatus({
      state: pipeline.state,
      outcome: this.#outcome,
      isRetrying: this.#isRetrying,
      isWaitLong: this.#isWaitLong,
      levelHint: this.#levelHint,
      isOnline: isOnline(),
      isRecogniserHere: isRecogniserHere(),
      isUndoable: field.isUndoable,
      host,
      browser,
      isQueueStored: pipeline.queue.isStored,
    });
    status.show(shown);
    if (shown.isSpoken && this.#isAnnouncementDue) {
      this.#isAnnouncementDue = false;
      void this.#announce(shown);
    }
    return shown;
  }

  async #start(ends: QueryEnds): Promise<void> {
    const { pipeline, field, meter, slip, prepareRecogniser } = this.#parts;
    const starting = new AbortController();
    this.#starting = starting;
    this.#lastQueryBefore = this.#lastQuery;
    this.#outcome = { kind: 'none' };
    this.#isRetrying = false;
    this.#levelHint = 'none';
    this.#hints.reset();
    meter.reset();
    slip.dropInterim();
    field.beginQuery();
    prepareRecogniser();
    this.show();
    try {
      await pipeline.start({ signal: starting.signal, ends });
    } catch (error) {
      // A refusal by the microphone is told by the state; a start that was cancelled has nothing to tell.
      const isTold = pipeline.state.phase === 'failed' || !isSpeechError(error) || this.#starting !== starting;
      if (!isTold) this.#finish({ kind: 'failed', code: 'internal', text: '' });
    }
    if (this.#starting === starting) this.#starting = undefined;
    this.show();
  }

  #onState(): void {
    const { state } = this.#parts.pipeline;
    if ('queryId' in state) this.#lastQuery = state.queryId;
    if (state.phase === 'finishing') this.#beginWait();
    else this.#endWait();
    if (state.phase === 'failed' || state.phase === 'interrupted') this.#isAnnouncementDue = true;
    if (state.phase !== 'listening') {
      this.#levelHint = 'none';
      this.#parts.meter.reset();
    }
    this.show();
  }

  #onLevel({ rmsDbfs, peakDbfs, probability }: LevelEvent): void {
    const nowMs = this.#parts.nowMs();
    this.#parts.meter.push(nowMs, rmsDbfs, probability);
    const hint = this.#hints.push(nowMs, rmsDbfs, peakDbfs, probability);
    if (hint === this.#levelHint) return;
    this.#levelHint = hint;
    this.show();
  }

  #onInterim({ queryId, segmentText, text }: InterimEvent): void {
    if (queryId <= this.#lastQueryBefore) return;
    if (segmentText === '') this.#parts.slip.dropInterim();
    else this.#parts.slip.showInterim(text);
  }

  #onTranscript(event: TranscriptEvent): void {
    if (event.queryId <= this.#lastQueryBefore) return;
    this.#parts.slip.showTranscript(event);
    const { text } = event;
    const placing = text === '' ? 'in-field' : this.#parts.field.placeHeard(text);
    if (text !== '' && placing === 'in-field') void this.#searchFor(event);
    // The last of what failed has its text now.
    const isMended = event.failedSegmentCount === 0 && this.#outcome.kind === 'failed';
    if (isMended) this.#finish(text === '' ? { kind: 'no-speech' } : { kind: 'heard', text, placing });
    this.show();
  }

  async #searchFor(event: TranscriptEvent): Promise<void> {
    this.#searching = this.#parts.page.search(event.text);
    const findings = await this.#searching;
    if (findings !== undefined) this.#parts.slip.showStages(event, findings.tookMs);
  }

  #onQueryEnd({ queryId, reason, text, failedSegmentCount }: QueryEndEvent): void {
    if (queryId <= this.#lastQueryBefore || reason === 'cancelled') return;
    if (failedSegmentCount > 0) this.#finish({ kind: 'failed', code: this.#lastCode, text });
    else if (text === '') this.#finish({ kind: 'no-speech' });
    else this.#finish({ kind: 'heard', text, placing: this.#parts.field.placeHeard(text) });
  }

  #onError({ error, queryId, segmentId }: SpeechErrorEvent): void {
    // Without a segment it is the microphone, which the state tells.
    if (segmentId === undefined || queryId === undefined || queryId <= this.#lastQueryBefore) return;
    this.#lastCode = error.code;
  }

  #onDropped({ queryId, reason }: QueueDroppedEvent): void {
    const outcome = this.#outcome;
    if (queryId !== this.#lastQuery || outcome.kind !== 'failed') return;
    this.#finish({ ...outcome, code: reason === 'refused' ? 'rejected' : 'internal' });
  }

  #onOnline(): void {
    const outcome = this.#outcome;
    if (outcome.kind === 'failed' && MENDED_BY_NETWORK.has(outcome.code)) void this.#sendAgain();
    this.show();
  }

  /** Sends what waits; with nothing left to send, listens anew. */
  async #sendAgain(): Promise<void> {
    if (this.#isRetrying) return;
    const outcome = this.#outcome;
    this.#isRetrying = true;
    this.#beginWait();
    this.show();
    const report = await this.#parts.pipeline.queue.send().catch(() => undefined);
    if (!this.#isRetrying || this.#outcome !== outcome) return;
    const text = outcome.kind === 'failed' ? outcome.text : '';
    if (report?.failure !== undefined) this.#finish({ kind: 'failed', code: report.failure.code, text });
    else if (report === undefined || report.answeredCount === 0) this.start();
  }

  #finish(outcome: VoiceOutcome): void {
    if (outcome.kind === 'heard') this.#parts.remember(outcome.text);
    this.#outcome = outcome;
    this.#isRetrying = false;
    this.#isAnnouncementDue = true;
    this.#endWait();
    this.show();
  }

  /** Has the words read aloud, with the number of results where voice searched for them. */
  async #announce({ words }: VoiceStatus): Promise<void> {
    const outcome = this.#outcome;
    const findings = outcome.kind === 'heard' ? await this.#searching : undefined;
    if (this.isOpen || this.#outcome !== outcome) return;
    this.#parts.status.announce(findings === undefined ? words : `${words} ${resultsTitle(findings)}.`);
  }

  #beginWait(): void {
    this.#endWait();
    this.#waitTimer = setTimeout(() => {
      this.#isWaitLong = true;
      this.show();
    }, TRANSCRIBING_AFTER_MS);
  }

  #endWait(): void {
    clearTimeout(this.#waitTimer);
    this.#isWaitLong = false;
  }
}
