import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import type { Preset } from '../front-end/presets.ts';
import { segmentRecording } from '../front-end/recording.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { readAudioFile } from './audio-file.ts';
import { print, printJson } from './output.ts';
import { presetOption } from './preset-option.ts';
import { type RecognisedClip, recogniseRaw, recogniseSegments } from './recognise-clip.ts';
import { loadRecogniser, loadScorer } from './speech-parts.ts';

interface TranscribeFlags {
  readonly raw?: true;
  readonly json?: true;
  readonly preset: Preset;
}

interface TranscribedFile extends RecognisedClip {
  readonly file: string;
}

async function transcribeFiles(files: readonly string[], flags: TranscribeFlags): Promise<readonly TranscribedFile[]> {
  // Loaded with the first clip that can be read, so that a wrong path is told at once.
  let parts: { readonly recogniser: Recogniser; readonly scorer: SpeechScorer } | undefined;
  const transcribed: TranscribedFile[] = [];
  for (const file of files) {
    const clip = await readAudioFile(file);
    parts ??= { recogniser: await loadRecogniser(), scorer: await loadScorer() };
    const { recogniser, scorer } = parts;
    const recognised = flags.raw
      ? await recogniseRaw(recogniser, clip, file)
      : await recogniseSegments(
          recogniser,
          await segmentRecording(clip.samples, clip.rateHz, scorer, {
            overrides: { preset: flags.preset },
            pause: setImmediate,
          }),
        );
    transcribed.push({ file, ...recognised });
  }
  await parts?.recogniser.close();
  return transcribed;
}

/** `ossicle transcribe`: recordings to text. */
export function transcribeCommand(): Command {
  return new Command('transcribe')
    .description('Write down what is said in recordings (English).')
    .argument('<file...>', 'WAV or FLAC files of any rate from 8 to 192 kHz')
    .option('--raw', 'recognise each file whole, without the front end, to compare; at most 60 s each')
    .addOption(presetOption('search'))
    .option('--json', 'write JSON: an array in the order of the files')
    .addHelpText(
      'after',
      `
JSON, for each file: file, text, confidence (0 to 1), segments. For each segment: startSeconds, endSeconds, text,
confidence; with --raw the whole file is one segment. A file without speech has an empty text and no segments.

Examples:
  ossicle transcribe order.wav
  ossicle transcribe --json --raw order.wav street.flac`,
    )
    .action(async (files: string[], flags: TranscribeFlags) => {
      const transcribed = await transcribeFiles(files, flags);
      if (flags.json) await printJson(transcribed);
      else if (files.length === 1) await print(transcribed[0]?.text ?? '');
      else await print(transcribed.map(({ file, text }) => `${file}: ${text}`).join('\n'));
    });
}
