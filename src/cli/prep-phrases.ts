import type { Seconds } from '../units.ts';
import type { MeasureSummary, PrepSummary } from './prep-summary.ts';

/** A length of time for people: "43.1 s", "8 min 43 s", "2 h 5 min". */
export function duration(seconds: Seconds): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function find({ measures }: PrepSummary, key: string): MeasureSummary | undefined {
  return measures.find(({ measure }) => measure.key === key);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(part > 0 && part < whole ? 1 : 0)} %`;
}

/** Share of the recorded time that is in no clip, as text. */
export function removedShare({ recordedSeconds, keptSeconds }: PrepSummary): string {
  return recordedSeconds > 0 ? percent(recordedSeconds - keptSeconds, recordedSeconds) : '0 %';
}

/** What stands out, one sentence a subject: amount, silence, volume, damage. */
export function headline(summary: PrepSummary): readonly string[] {
  const { recordingCount, recordedSeconds, keptSeconds, clipCount } = summary;
  const lines = [
    `${plural(recordingCount, 'recording')} of ${duration(recordedSeconds)} became ${plural(clipCount, 'clip')} of ${duration(keptSeconds)}.`,
  ];
  const [before, after] = [find(summary, 'silenceBeforeSeconds'), find(summary, 'silenceAfterSeconds')];
  if (before !== undefined && after !== undefined) {
    lines.push(
      `Silence: ${removedShare(summary)} of the time was removed; in the median ${before.distribution.median.toFixed(2)} s before the first clip and ${after.distribution.median.toFixed(2)} s after the last.`,
    );
  }
  const [recorded, written] = [find(summary, 'loudnessLufs'), find(summary, 'writtenLufs')];
  if (recorded !== undefined && written !== undefined) {
    const range = ({ distribution }: MeasureSummary): string => {
      const [low, high] = [distribution.p5.toFixed(1), distribution.p95.toFixed(1)];
      return low === high ? `at ${low} LUFS` : `between ${low} and ${high} LUFS`;
    };
    lines.push(`Volume: nine of ten clips lay ${range(recorded)}; after the gain they lie ${range(written)}.`);
  }
  const clipped = summary.outliers.find(({ key }) => key === 'clipped')?.clipCount ?? 0;
  lines.push(
    `Damage: ${clipped === 0 ? 'no clip is' : `${plural(clipped, 'clip')} ${clipped === 1 ? 'is' : 'are'}`} clipped; ${summary.failed.length === 0 ? 'all recordings could be read' : `${plural(summary.failed.length, 'recording')} could not be read`}.`,
  );
  return lines;
}

/** By which contract the clips were cut. */
export function contractSentence({ contract, contractSha256 }: PrepSummary): string {
  const { version, preset, kernel, gain, recogniserProfile } = contract;
  return `Clip contract ${version}: preset ${preset}, ${kernel.name}, ${gain.targetLufs} LUFS, for ${recogniserProfile} (SHA-256 ${contractSha256}).`;
}
