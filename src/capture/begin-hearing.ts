import { SpeechError } from '../errors.ts';
import type { QueryContinuation } from '../protocol/query-start.ts';
import type { Ms } from '../units.ts';
import type { AudioGraph } from './audio-graph.ts';
import type { CaptureSession } from './capture-session.ts';

/**
 * Connects the session's microphone to the graph and has its worklet begin the query, or go on with it.
 *
 * @returns False when no audio flowed in time.
 * @throws SpeechError `assets` when the worklet's script cannot be fetched; the signal's reason.
 */
export async function beginHearing(
  graph: AudioGraph,
  session: CaptureSession,
  withinMs: Ms,
  signal: AbortSignal,
  continues?: QueryContinuation,
): Promise<boolean> {
  await graph.ready();
  signal.throwIfAborted();
  const { queryId, ends, stream } = session;
  if (stream === undefined) throw new SpeechError('internal', 'The microphone was closed while it was opened.');
  const flows = graph.hears('level', withinMs, signal);
  // Where a context may not run without another gesture, this never settles: the level tells.
  void graph.resume().catch(() => undefined);
  // Before the microphone is connected: its first samples find a worklet that hears.
  graph.post({ type: 'start', queryId, ends, ...(continues === undefined ? {} : { continues }) });
  session.began(performance.now());
  await graph.attach(stream);
  signal.throwIfAborted();
  const isHeard = await flows;
  signal.throwIfAborted();
  return isHeard;
}
