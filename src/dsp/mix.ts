/**
 * Mixes channels to mono by their mean.
 *
 * @realtime
 * @param channels At least one channel, all of one length; read only.
 * @param mono Receives the mix; at least as long as a channel.
 */
export function mixToMono(channels: readonly Float32Array[], mono: Float32Array): void {
  const first = channels[0];
  if (first === undefined) return;
  if (channels.length === 1) {
    mono.set(first);
    return;
  }
  const scale = 1 / channels.length;
  for (let i = 0; i < first.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels.length; c++) sum += channels[c]![i]!;
    mono[i] = sum * scale;
  }
}
