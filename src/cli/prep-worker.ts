import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { encodeWavPcm16 } from '../dsp/wav.ts';
import { contractOverrides } from '../front-end/clip-contract.ts';
import { type RecordedSegment, segmentRecording } from '../front-end/recording.ts';
import { SEGMENT_RATE_HZ } from '../protocol/segment.ts';
import type { SpeechScorer } from '../vad/speech-scorer.ts';
import { writeAtomically } from './atomic-file.ts';
import { type AudioFile, decodeAudioFile } from './audio-file.ts';
import { CliError, EXIT_CODES, oneLine, systemCode } from './cli-error.ts';
import type { PrepOutcome, PrepRequest, PrepSettings } from './prep-messages.ts';
import { type ClipRow, clipRow } from './prep-rows.ts';
import { readInput } from './read-input.ts';
import { loadScorer } from './speech-parts.ts';
import { serveThread } from './thread-task.ts';

const settings: PrepSettings = workerData;

/** Errors in writing one clip that another name would not have met. */
const NAME_ERRORS: readonly (string | undefined)[] = ['ENAMETOOLONG', 'EISDIR', 'ENOTDIR', 'EEXIST'];

/** Why a recording gives no clip: the message without the path that it begins with. */
function reason(error: unknown, ...paths: readonly string[]): string {
  const text = oneLine(error);
  const path = paths.find((candidate) => text.startsWith(`${candidate}: `));
  return path === undefined ? text : text.slice(path.length + 2);
}

async function holds(known: PrepRequest['known'], sha256: string): Promise<boolean> {
  if (known?.sha256 !== sha256) return false;
  const sizes = await Promise.all(
    known.clips.map(({ path }) =>
      stat(join(settings.outFolder, path)).then(
        ({ size }) => size,
        () => undefined,
      ),
    ),
  );
  return sizes.every((size, i) => size === known.clips[i]!.byteCount);
}

async function writeClip(path: string, pcm16: Int16Array): Promise<void> {
  const target = join(settings.outFolder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeAtomically(target, encodeWavPcm16(pcm16, SEGMENT_RATE_HZ), settings.partsFolder);
}

async function writeClips(
  source: string,
  sourceSha256: string,
  segments: readonly RecordedSegment[],
): Promise<readonly ClipRow[]> {
  const rows: ClipRow[] = [];
  for (const [i, segment] of segments.entries()) {
    const path = `clips/${source}-${i + 1}.wav`;
    await writeClip(path, segment.take.pcm16);
    rows.push(clipRow({ path, source, sourceSha256, contractSha256: settings.contractSha256 }, segment));
  }
  return rows;
}

async function prepare(scorer: SpeechScorer, { source, known }: PrepRequest): Promise<PrepOutcome> {
  const path = join(settings.inFolder, source);
  let sha256: string | null = null;
  const failed = (why: string): PrepOutcome => ({
    status: 'failed',
    source: { source, sha256, seconds: 0, rateHz: 0, clipCount: 0, failure: why },
  });
  let audio: AudioFile;
  let segments: readonly RecordedSegment[];
  try {
    const bytes = await readInput(path);
    sha256 = createHash('sha256').update(bytes).digest('hex');
    if (await holds(known, sha256)) return { status: 'kept' };
    audio = decodeAudioFile(source, bytes);
    segments = await segmentRecording(audio.samples, audio.rateHz, scorer, {
      overrides: contractOverrides(settings.contract),
    });
  } catch (error) {
    return failed(reason(error, path, source));
  }
  try {
    const clips = await writeClips(source, sha256, segments);
    const { seconds, rateHz } = audio;
    return {
      status: 'heard',
      source: { source, sha256, seconds, rateHz, clipCount: clips.length, failure: null },
      clips,
    };
  } catch (error) {
    if (NAME_ERRORS.includes(systemCode(error))) {
      return failed(`its clips cannot be named so (${systemCode(error)}); rename the recording.`);
    }
    throw new CliError(
      `${settings.outFolder}: a clip could not be written (${oneLine(error)}); make room or check the permissions, and run the command again to go on.`,
      EXIT_CODES.failure,
      { cause: error },
    );
  }
}

serveThread<SpeechScorer, PrepRequest, PrepOutcome>({
  load: () => loadScorer(settings.kernelPath),
  handle: prepare,
});
