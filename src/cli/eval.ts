import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { BOOTSTRAP_DEFAULTS } from '../evaluation/bootstrap.ts';
import { NORMALISER_NAMES, type NormaliserName } from '../evaluation/text-normaliser.ts';
import type { Preset } from '../front-end/presets.ts';
import type { ClipOutcome, ClipRequest } from './clip-messages.ts';
import { formatReports, reportClips, reportSets, type ScoredClip, scoreClip } from './eval-report.ts';
import { CLIP_WORKER_URL } from './locations.ts';
import { readManifest } from './manifest.ts';
import { positiveCount } from './option-parsers.ts';
import { print, printJson } from './output.ts';
import { presetOption } from './preset-option.ts';
import { Progress } from './progress.ts';
import { runOnThreads } from './thread-pool.ts';

interface EvalFlags {
  readonly set: readonly string[];
  readonly limit: number;
  readonly normaliser: NormaliserName;
  readonly preset: Preset;
  readonly jobs: number;
  readonly clips?: true;
  readonly json?: true;
}

function clipRow(clip: ScoredClip): object {
  return {
    file: clip.file,
    set: clip.set,
    seconds: clip.audioSeconds,
    sentSeconds: clip.sentSeconds,
    segments: clip.segmentCount,
    words: clip.raw.wordCount,
    transcript: clip.transcript,
    raw: { text: clip.rawText, edits: clip.raw.editCount },
    processed: { text: clip.processedText, edits: clip.processed.editCount },
  };
}

async function evaluate(manifestPath: string, flags: EvalFlags): Promise<void> {
  const manifest = await readManifest(manifestPath, { sets: flags.set, limit: flags.limit });
  const progress = new Progress('clips', manifest.clips.length);
  const outcomes = await runOnThreads<ClipRequest, ClipOutcome>(
    manifest.clips.map(({ path }) => ({ path, preset: flags.preset })),
    { workerUrl: CLIP_WORKER_URL, threadCount: flags.jobs },
    () => progress.advance(),
  );
  const clips = manifest.clips.map((clip, i) => scoreClip(clip, outcomes[i]!, flags.normaliser));
  const sets = reportSets(clips);
  const overall = reportClips(clips);
  if (flags.json) {
    await printJson({
      manifest: manifestPath,
      normaliser: flags.normaliser,
      preset: flags.preset,
      bootstrap: BOOTSTRAP_DEFAULTS,
      clipsWithoutTranscript: manifest.withoutTranscriptCount,
      sets,
      overall,
      ...(flags.clips ? { clips: clips.map(clipRow) } : {}),
    });
    return;
  }
  await print(formatReports({ ...sets, overall }));
  if (flags.clips) {
    await print(
      clips
        .map((clip) => `\n${clip.file}\n  ref ${clip.transcript}\n  raw ${clip.rawText}\n  out ${clip.processedText}`)
        .join(''),
    );
  }
  if (manifest.withoutTranscriptCount > 0) {
    await print(`\n${manifest.withoutTranscriptCount} clips without a transcript were left out.`);
  }
}

/** `ossicle eval`: word error rate with and without the front end. */
export function evalCommand(): Command {
  return new Command('eval')
    .description('Measure the word error rate on recordings with transcripts, with and without the front end.')
    .argument('<manifest>', 'JSON lines: path (relative to the manifest), transcript, set')
    .option(
      '--set <name>',
      'only this set; may be repeated',
      (name: string, sets: readonly string[]) => [...sets, name],
      [],
    )
    .option('--limit <n>', 'at most this many clips of each set', positiveCount, Number.POSITIVE_INFINITY)
    .addOption(
      new Option('--normaliser <name>', 'how texts are made comparable').choices(NORMALISER_NAMES).default('english'),
    )
    .addOption(presetOption('search'))
    .option('--jobs <n>', 'clips at a time, each on a core', positiveCount, Math.min(2, availableParallelism()))
    .option('--clips', 'also list every clip with its texts')
    .option('--json', 'write JSON')
    .addHelpText(
      'after',
      `
JSON: manifest, normaliser, preset, bootstrap, clipsWithoutTranscript, sets (by name) and overall; for each of these:
  clips, words, audioSeconds
  raw, processed, difference     wer (a fraction) and interval (95 %, by bootstrap over clips; the difference paired)
  realTimeFactor                 front end and recogniser on one core; rawRealTimeFactor without the front end
  audioSentShare                 audio in segments over audio in clips
  clipsWithoutSegment
Normalisers: "english" evens out numbers, spelling, contractions, titles, fillers and punctuation; "plain" only case,
punctuation and mr/mrs. Progress goes to standard error.

Examples:
  ossicle eval manifest.jsonl --set coffee-orders --limit 40
  ossicle eval manifest.jsonl --json --clips > report.json`,
    )
    .action(evaluate);
}
