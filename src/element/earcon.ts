/** Half of a fifth up for "I listen", down for "I have heard". */
const TONES_HZ = { open: [660, 990], closed: [990, 660] } as const;
const TONE_SECONDS = 0.07;
const VOLUME = 0.06;

/** Plays two short tones; a browser that gives no sound plays none. */
export async function playEarcon(kind: keyof typeof TONES_HZ): Promise<void> {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: VOLUME });
  volume.connect(context.destination);
  TONES_HZ[kind].forEach((frequency, index) => {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start(context.currentTime + index * TONE_SECONDS);
    tone.stop(context.currentTime + (index + 1) * TONE_SECONDS);
    if (index === 1) tone.onended = () => void context.close();
  });
}
