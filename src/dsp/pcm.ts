const PCM16_SCALE = 32_768;
const PCM16_MAX = 32_767;
const PCM16_MIN = -32_768;

/**
 * Applies a gain and writes 16-bit PCM: rounds to the nearest step (halves upwards), saturates outside [-1, 1), NaN becomes 0.
 *
 * Full scale is 32,768, as in the reading of WAV files, so that 16-bit audio at gain 1 comes back bit for bit.
 *
 * @realtime
 * @param input Samples in [-1, 1]; read only.
 * @param start First sample of `input`.
 * @param end One past the last sample of `input`.
 * @param gain Amplitude ratio.
 * @param output Takes `end - start` samples from index `at` on; owned by the caller.
 * @param at First index written in `output`.
 */
export function floatToPcm16(
  input: Float32Array,
  start: number,
  end: number,
  gain: number,
  output: Int16Array,
  at: number,
): void {
  const scale = gain * PCM16_SCALE;
  for (let i = start; i < end; i++) {
    const step = Math.floor(input[i]! * scale + 0.5);
    output[at + i - start] = step > PCM16_MAX ? PCM16_MAX : Math.max(step, PCM16_MIN);
  }
}
