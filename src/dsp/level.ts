/**
 * Mean square of `samples[start..end)`, 0 when the range is empty; `powerToDb` of it is dBFS RMS.
 *
 * @realtime
 * @param samples Mono PCM, full scale 1; read only.
 */
export function meanSquare(samples: Float32Array, start: number, end: number): number {
  if (end <= start) return 0;
  let sum = 0;
  for (let i = start; i < end; i++) {
    const x = samples[i]!;
    sum += x * x;
  }
  return sum / (end - start);
}

/**
 * Largest magnitude in `samples[start..end)`, 0 when the range is empty; `amplitudeToDb` of it is dBFS peak.
 *
 * @realtime
 * @param samples Mono PCM, full scale 1; read only.
 */
export function peak(samples: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(samples[i]!);
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
