import { SpeechError } from '../errors.ts';
import type { SegmentEnd } from '../protocol/segment.ts';
import type { AudioGraph } from './audio-graph.ts';
import type { Taker } from './capture-machine.ts';
import type { CaptureSession } from './capture-session.ts';
import { CLOCK_INTERVAL_MS } from './clock-watch.ts';
import { watchPage } from './page-watch.ts';
import { watchStream } from './stream-watch.ts';

/** Who hears what the browser, the clocks and the page tell about the sound. */
export interface SoundListener {
  /** The clocks tell something only while sound is expected. */
  readonly isListening: () => boolean;
  lost(error: SpeechError, end: SegmentEnd): void;
  taken(by: Taker, isTaken: boolean): void;
  refused(error: SpeechError): void;
  hiddenTooLong(): void;
}

/** Watches the session's microphone, its audio clock and the page until the microphone is given up. */
export function watchSound(session: CaptureSession, graph: AudioGraph, listener: SoundListener): void {
  const signal = session.soundSignal;
  const { clock, stream } = session;
  if (stream !== undefined) {
    watchStream(
      stream,
      {
        gone: () => listener.lost(new SpeechError('lost', 'The microphone was disconnected.'), 'device-lost'),
        changed: () => listener.lost(new SpeechError('lost', 'The microphone changed its rate.'), 'interrupted'),
        muted: (isMuted) => listener.taken('track', isMuted),
        refused: () => listener.refused(new SpeechError('denied', 'The permission for the microphone was withdrawn.')),
      },
      signal,
    );
  }
  // The system may have kept the sound while nobody saw the page.
  const shown = (): void => void graph.resume().catch(() => undefined);
  watchPage({ hiddenTooLong: () => listener.hiddenTooLong(), shown }, signal);
  clock.reset();
  const timer = setInterval(() => {
    if (!listener.isListening()) return clock.reset();
    const finding = clock.push({ nowMs: performance.now(), audioMs: graph.audioMs, levelCount: graph.levelCount });
    if (finding === 'frozen') listener.lost(frozenClock(), 'interrupted');
    if (finding === 'off-rate') listener.lost(offRateClock(), 'interrupted');
  }, CLOCK_INTERVAL_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** The context says that it runs, and does not. */
export function frozenClock(): SpeechError {
  return new SpeechError('starved', 'The audio clock stands still.');
}

function offRateClock(): SpeechError {
  return new SpeechError('starved', 'The audio clock runs at a wrong rate: sound is lost.');
}
