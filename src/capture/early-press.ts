/** What a press asked the browser for before the rest of the capture was there. */
export interface EarlyPress {
  readonly context: AudioContext;
  readonly microphone: Promise<MediaStream>;
}

/** Makes an audio context; call it within a user's gesture: only then may it run. */
export function newAudioContext(): AudioContext {
  return new AudioContext({ latencyHint: 'interactive' });
}
