import { SpeechError, toSpeechError } from '../errors.ts';
import type { FrontEndOverrides } from '../front-end/options.ts';
import type { QueryEnds } from '../protocol/query-start.ts';
import type { SegmentEnd } from '../protocol/segment.ts';
import type { FromWorkletToPage } from '../protocol/worklet-messages.ts';
import type { Ms } from '../units.ts';
import { openAnotherMicrophone } from './another-microphone.ts';
import type { CaptureAssets } from './assets.ts';
import { AudioGraph, type GraphListener, type GraphParts } from './audio-graph.ts';
import { beginHearing } from './begin-hearing.ts';
import {
  CAPTURE_CLOSED,
  type CaptureEffect,
  type CaptureInput,
  type CaptureState,
  stepCapture,
  type Taker,
} from './capture-machine.ts';
import { CaptureSession } from './capture-session.ts';
import { type EarlyPress, newAudioContext } from './early-press.ts';
import { KernelLoader } from './kernel-loader.ts';
import { openMicrophone } from './microphone.ts';
import { frozenClock, watchSound } from './sound-watch.ts';
import { wait } from './wait.ts';

/** A press of "stop" right after the last word: what is still on its way through the device is heard, too. */
const STOP_GRACE_MS: Ms = 100;
/** Audio that has not begun to flow by then will not. */
const FLOW_DEADLINE_MS: Ms = 6_000;
/** An audio context of an earlier press that is not heard by then is replaced. */
const REUSE_DEADLINE_MS: Ms = 1_500;
/** An audio thread that has not answered by then is dead: flushing 30 s of speech takes it a tenth of that. */
const ANSWER_DEADLINE_MS: Ms = 1_000;

/** Who hears what happens to the microphone. */
export interface CaptureListener {
  /** A message of the worklet. */
  message(message: FromWorkletToPage): void;
  /** The microphone is granted; audio is about to flow. */
  granted(): void;
  /** Audio flows again, was taken away by the system, or comes from another microphone soon. */
  changed(phase: 'listening' | 'interrupted' | 'recovering'): void;
  /** The audio thread stands still: what it posted of the query may be all that there will be from it. */
  stranded(queryId: number): void;
  /** It did not come back: what was being said is lost. */
  forgot(queryId: number): void;
  /** The microphone is of no more use; call {@link Capture.stop} to keep what was said. */
  lost(error: SpeechError): void;
  /** Nobody sees the page any more; call {@link Capture.stop} to keep what was said. */
  left(): void;
}

/** The microphone and the audio thread, for one query after another, through whatever happens to them. */
export class Capture {
  readonly #listener: CaptureListener;
  readonly #lifetime = new AbortController();
  #parts: GraphParts;
  #graph: AudioGraph | undefined;
  #session: CaptureSession | undefined;
  #state: CaptureState = CAPTURE_CLOSED;

  /**
   * @param makeDeliveryPort Gives the port over which a new worklet posts its segments; called once per worklet.
   * @param fetchedKernel The answer to a request for the kernel that is under way already.
   */
  constructor(
    assets: CaptureAssets,
    listener: CaptureListener,
    frontEnd: FrontEndOverrides,
    makeDeliveryPort: () => MessagePort,
    fetchedKernel?: Promise<Response>,
  ) {
    const kernel = new KernelLoader(assets.kernelUrl, fetchedKernel);
    this.#parts = { workletUrl: assets.workletUrl, kernel, frontEnd, makeDeliveryPort };
    this.#listener = listener;
    // A context that was frozen with its page is not to be trusted when the page comes back.
    addEventListener('pagehide', () => this.#leave(), { signal: this.#lifetime.signal });
  }

  /** Hears with other parts from the next query on; one that is open goes on as it began. */
  setUp({ workletUrl, kernelUrl }: CaptureAssets, frontEnd: FrontEndOverrides): void {
    this.#parts = { ...this.#parts, workletUrl, kernel: new KernelLoader(kernelUrl), frontEnd };
    if (this.#session === undefined) this.#release(true);
    else this.#session.isGraphSpent = true;
  }

  /** Compiles what the press will need. */
  async warm(): Promise<void> {
    await this.#parts.kernel.load();
  }

  /**
   * Opens the microphone and begins a query; call it from a user's gesture.
   *
   * @param early What was asked for in that gesture already.
   * @returns When audio flows.
   * @throws SpeechError for what hinders it; the signal's reason when it is aborted.
   */
  async open(queryId: number, signal: AbortSignal, ends: QueryEnds = 'auto', early?: EarlyPress): Promise<void> {
    const session = new CaptureSession(queryId, ends);
    this.#session = session;
    const either = AbortSignal.any([signal, session.signal]);
    this.#step({ type: 'open' });
    try {
      // The context is made first and at once: only so does it count as part of the user's gesture.
      const reused = this.#graph;
      let graph = this.#ensureGraph(early?.context);
      session.stream = await (early?.microphone ?? openMicrophone(either));
      either.throwIfAborted();
      this.#listener.granted();
      if (!(await beginHearing(graph, session, graph === reused ? REUSE_DEADLINE_MS : FLOW_DEADLINE_MS, either))) {
        graph = await this.#beginAnew(graph === reused, session, either);
      }
      session.isOpen = true;
      this.#watch(session, graph);
      this.#step({ type: 'opened' });
    } catch (error) {
      const wasAborted = either.aborted;
      session.closeMicrophone();
      if (this.#session === session) this.#release(!wasAborted);
      if (wasAborted) throw either.reason;
      throw toSpeechError(error, 'internal');
    }
  }

  /** Who ends the open query from now on. */
  setEnds(ends: QueryEnds): void {
    if (this.#session === undefined) return;
    this.#session.ends = ends;
    this.#graph?.post({ type: 'ends', ends });
  }

  /**
   * Ends the query, flushing what is open, and closes the microphone. Resolves when the worklet has posted it all.
   *
   * @returns False when the audio thread stands still: what was open in it is not posted, and it did not end the query.
   */
  async stop(): Promise<boolean> {
    const session = this.#session;
    const graph = this.#graph;
    if (session === undefined || graph === undefined || this.#state.phase === 'opening') {
      this.cancel();
      return true;
    }
    const isHearing = this.#state.phase === 'listening' && session.stream !== undefined;
    this.#step({ type: 'close' });
    session.endSound();
    if (isHearing) await wait(STOP_GRACE_MS, session.signal);
    if (session.signal.aborted) return true;
    graph.post({ type: 'stop' });
    const isEnded = await graph.hears('query-end', ANSWER_DEADLINE_MS, session.signal);
    if (this.#session !== session) return true;
    if (!isEnded) this.#retire(session.queryId, 'query-end', session.isSpeaking);
    this.#release(false);
    return isEnded;
  }

  /** Closes the microphone at once and drops what is open. */
  cancel(): void {
    this.#graph?.post({ type: 'cancel' });
    this.#release(false);
  }

  /** Gives everything back; the instance cannot be used again. */
  async close(): Promise<void> {
    this.#lifetime.abort();
    const graph = this.#graph;
    this.#release(false);
    this.#graph = undefined;
    await graph?.close();
  }

  /** Asks the system to give an interrupted context back; needs a user's gesture on some phones. */
  async resume(): Promise<void> {
    const { phase } = this.#state;
    const session = this.#session;
    if (phase !== 'interrupted' || session === undefined || this.#graph === undefined) return;
    const graph = this.#graph;
    await Promise.race([graph.resume().catch(() => undefined), wait(ANSWER_DEADLINE_MS, session.signal)]);
    // A microphone that is muted comes back by itself; a context that does not run when it is asked to is replaced.
    if (this.#state.phase === 'interrupted' && !graph.isRunning) this.#lose(session, frozenClock());
  }

  /** The query ended by itself in the worklet: the microphone is closed. */
  release(): void {
    this.#release(false);
  }

  #ensureGraph(context?: AudioContext): AudioGraph {
    if (this.#graph === undefined || this.#graph.isClosed) return this.#newGraph(context);
    void this.#graph.resume().catch(() => undefined);
    return this.#graph;
  }

  /** A new graph takes the place of the present one, which is closed. */
  #newGraph(context: AudioContext = newAudioContext()): AudioGraph {
    void this.#graph?.close();
    const listener: GraphListener = {
      message: (message) => this.#graph === graph && this.#receive(message),
      running: (isRunning) => this.#graph === graph && this.#hearContext(isRunning),
      died: (error) => this.#graph === graph && this.#lose(this.#session, error, 'interrupted'),
      broken: (error) => this.#graph === graph && this.#break(error),
    };
    const graph: AudioGraph = new AudioGraph(this.#parts, listener, context);
    this.#graph = graph;
    return graph;
  }

  /** The present graph, whose clock stands still, may still post what it holds; nothing else is wanted of it. */
  #retire(queryId: number, answer: 'paused' | 'query-end', wasSpeaking: boolean): void {
    const graph = this.#graph;
    this.#graph = undefined;
    const { signal } = this.#lifetime;
    void graph?.retire(answer, signal).then((hasAnswered) => {
      if (!hasAnswered && wasSpeaking && !signal.aborted) this.#listener.forgot(queryId);
    });
  }

  /** Begins again with a new graph, if the one that was not heard came from an earlier query. */
  async #beginAnew(wasReused: boolean, session: CaptureSession, signal: AbortSignal): Promise<AudioGraph> {
    const graph = wasReused ? this.#newGraph() : undefined;
    if (graph !== undefined && (await beginHearing(graph, session, FLOW_DEADLINE_MS, signal))) return graph;
    throw starved(FLOW_DEADLINE_MS);
  }

  #watch(session: CaptureSession, graph: AudioGraph): void {
    watchSound(session, graph, {
      isListening: () => this.#state.phase === 'listening',
      lost: (error, end) => this.#lose(session, error, end),
      taken: (by, isTaken) => this.#take(by, isTaken),
      refused: (error) => this.#break(error),
      hiddenTooLong: () => this.#listener.left(),
    });
  }

  /** Goes on with the query on the default microphone and a new audio context. */
  async #rebuild(session: CaptureSession): Promise<void> {
    const old = this.#graph;
    session.endSound();
    session.isGraphSpent = true;
    const signal = session.soundSignal;
    try {
      if (old === undefined) throw new SpeechError('internal', 'There is no audio context to rebuild.');
      const isFlushed = await session.flushed;
      if (signal.aborted) return;
      if (!isFlushed) this.#listener.stranded(session.queryId);
      const wasSpeaking = session.isSpeaking;
      session.closeMicrophone();
      session.stream = await openAnotherMicrophone(signal);
      // Only now: until then the former worklet must be there to end the query in good order.
      if (!isFlushed) this.#retire(session.queryId, 'paused', wasSpeaking);
      const graph = this.#newGraph();
      const continues = session.continuation(performance.now(), isFlushed);
      if (!(await beginHearing(graph, session, FLOW_DEADLINE_MS, signal, continues))) throw starved(FLOW_DEADLINE_MS);
      session.isGraphSpent = false;
      this.#watch(session, graph);
      this.#step({ type: 'reopened' });
    } catch (error) {
      if (!signal.aborted) this.#step({ type: 'reopen-failed', error: toSpeechError(error, 'internal') });
    }
  }

  #step(input: CaptureInput): void {
    const before = this.#state.phase;
    const { state, effects } = stepCapture(this.#state, input, performance.now());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    const { phase } = this.#state;
    if (phase === before || phase === 'closed' || phase === 'opening') return;
    this.#listener.changed(phase);
  }

  #carryOut(effect: CaptureEffect): void {
    const session = this.#session;
    const graph = this.#graph;
    if (session === undefined || graph === undefined) return;
    switch (effect.type) {
      case 'pause':
        graph.post({ type: 'pause', end: effect.end });
        session.flushed = graph.hears('paused', ANSWER_DEADLINE_MS, session.signal);
        return;
      case 'resume':
        session.clock.reset();
        graph.post({ type: 'resume', startSample: session.startSample(performance.now()) });
        return;
      case 'rebuild':
        void this.#rebuild(session);
        return;
      case 'fail':
        session.endSound();
        session.isGraphSpent = true;
        if (session.isOpen) this.#listener.lost(effect.error);
        else session.close(effect.error);
    }
  }

  #receive(message: FromWorkletToPage): void {
    this.#session?.hear(message);
    if (message.type !== 'fault') {
      this.#listener.message(message);
      return;
    }
    const error = new SpeechError(message.code, message.message);
    if (message.code === 'silent') this.#lose(this.#session, error, 'device-lost');
    else if (message.code === 'starved') this.#lose(this.#session, error, 'interrupted');
    else this.#break(error);
  }

  #hearContext(isRunning: boolean): void {
    this.#take('context', !isRunning);
    // What was only suspended comes back when it is asked for.
    if (!isRunning && this.#session !== undefined) void this.#graph?.resume().catch(() => undefined);
  }

  #take(by: Taker, isTaken: boolean): void {
    this.#step({ type: isTaken ? 'taken' : 'given-back', by });
  }

  #lose(session: CaptureSession | undefined, error: SpeechError, end: SegmentEnd = 'interrupted'): void {
    if (session === this.#session) this.#step({ type: 'lost', loss: { error, end } });
  }

  #break(error: SpeechError): void {
    if (this.#session === undefined) this.#release(true);
    this.#step({ type: 'broken', loss: { error, end: 'device-lost' } });
  }

  #leave(): void {
    const session = this.#session;
    if (session === undefined) {
      this.#release(true);
      return;
    }
    session.closeMicrophone();
    session.isGraphSpent = true;
    this.#listener.left();
  }

  /** @param isGraphSpent The audio context is not to be used again. */
  #release(isGraphSpent: boolean): void {
    const session = this.#session;
    this.#session = undefined;
    this.#state = CAPTURE_CLOSED;
    session?.close();
    const graph = this.#graph;
    if (graph === undefined) return;
    graph.detach();
    if (isGraphSpent || session?.isGraphSpent === true || graph.isWornOut) {
      this.#graph = undefined;
      void graph.close();
    } else graph.suspend();
  }
}

function starved(afterMs: Ms): SpeechError {
  return new SpeechError('starved', `No audio came from the microphone within ${afterMs / 1000} s.`);
}
