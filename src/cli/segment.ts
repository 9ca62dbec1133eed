import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import type { Preset } from '../front-end/presets.ts';
import { segmentRecording } from '../front-end/recording.ts';
import { readAudioFile } from './audio-file.ts';
import { formatTable, print, printJson } from './output.ts';
import { presetOption } from './preset-option.ts';
import { type SegmentRow, segmentRow } from './segment-row.ts';
import { loadScorer } from './speech-parts.ts';

interface SegmentedFile {
  readonly file: string;
  readonly seconds: number;
  readonly segments: readonly SegmentRow[];
  /** Speech probability of every 32 ms frame; only when asked for. */
  readonly frames?: readonly number[];
}

interface SegmentFlags {
  readonly frames?: true;
  readonly json?: true;
  readonly preset: Preset;
}

async function segmentFiles(files: readonly string[], flags: SegmentFlags): Promise<readonly SegmentedFile[]> {
  const scorer = await loadScorer();
  const segmented: SegmentedFile[] = [];
  for (const file of files) {
    const { samples, rateHz, seconds } = await readAudioFile(file);
    const frames: number[] = [];
    const segments = await segmentRecording(samples, rateHz, scorer, {
      overrides: { preset: flags.preset },
      onFrame: (probability) => frames.push(probability),
      pause: setImmediate,
    });
    segmented.push({ file, seconds, segments: segments.map(segmentRow), ...(flags.frames ? { frames } : {}) });
  }
  return segmented;
}

function asTable(segmented: readonly SegmentedFile[]): string {
  const rows = [['file', 'start s', 'end s', 'LUFS', 'gain dB', 'SNR dB', 'taken s', 'committed s']];
  for (const { file, seconds, segments } of segmented) {
    if (segments.length === 0) rows.push([file, `no speech in ${seconds.toFixed(2)} s`]);
    for (const row of segments) {
      rows.push([
        file,
        ...[row.startSeconds, row.endSeconds].map((value) => value.toFixed(2)),
        ...[row.loudnessLufs, row.gainDb, row.snrDb].map((value) => (Number.isFinite(value) ? value.toFixed(1) : '-')),
        ...[row.takenAtSeconds, row.committedAtSeconds].map((value) => value.toFixed(2)),
      ]);
    }
  }
  return formatTable(rows, 1);
}

function framesAsText(segmented: readonly SegmentedFile[]): string {
  return segmented
    .map(({ file, frames }) => `${file}\n${(frames ?? []).map((probability) => probability.toFixed(3)).join(' ')}`)
    .join('\n\n');
}

/** `ossicle segment`: where speech is in recordings, and what is measured on it. */
export function segmentCommand(): Command {
  return new Command('segment')
    .description('Find the speech in recordings, as the microphone worklet would, and measure it.')
    .argument('<file...>', 'WAV or FLAC files of any rate from 8 to 192 kHz')
    .option('--frames', 'add the speech probability of every 32 ms frame')
    .addOption(presetOption('search'))
    .option('--json', 'write JSON: an array in the order of the files')
    .addHelpText(
      'after',
      `
JSON, for each file: file, seconds, segments, and with --frames also frames. For each segment:
  startSeconds, endSeconds                 what is sent, pre-roll and tail included
  speechStartSeconds, speechEndSeconds     where speech was heard
  gainDb, loudnessLufs, truePeakDbtp, activeLevelDbov, noiseLevelDbfs, snrDb, clippedRuns
  takenAtSeconds, committedAtSeconds       how much had been heard when take and commit were posted
  retractedTakeCount, end                  takes withdrawn because speech went on; why the segment ended
A level that cannot be told (digital silence) is null.

Examples:
  ossicle segment order.wav
  ossicle segment --json --frames order.wav street.flac > segments.json`,
    )
    .action(async (files: string[], flags: SegmentFlags) => {
      const segmented = await segmentFiles(files, flags);
      if (flags.json) await printJson(segmented);
      else await print(flags.frames ? `${asTable(segmented)}\n\n${framesAsText(segmented)}` : asTable(segmented));
    });
}
