import type { Ms, Seconds } from '../../../src/units.ts';
import { type Alignment, align, floatSamples } from './alignment.ts';
import type { Bench } from './bench.ts';
import { atSegmentRate, play, type Scene } from './scenes.ts';
import type { NotedSegment, Notes, TrialPage } from './trial-page.ts';

/** vad-web ends nothing by itself: it is stopped this long after the scene. */
const AFTER_SCENE_SECONDS: Seconds = 0.3;

/** One segment that a contestant handed out, and where it lies in the scene. */
export interface EmittedSegment extends NotedSegment {
  /** Undefined when its audio was not found in the scene. */
  readonly alignment: Alignment | undefined;
}

/** What a contestant made of a scene. */
export interface HeardScene {
  readonly notes: Notes;
  readonly segments: readonly EmittedSegment[];
}

/**
 * Plays a scene to a contestant, from its press to its end.
 *
 * @param meanwhile Runs once samples flow.
 */
export async function hearScene(
  bench: Bench,
  trial: TrialPage,
  scene: Scene,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<HeardScene> {
  play(scene, bench.microphonePath);
  bench.site.takeClips();
  await trial.press();
  await trial.firstSoundMs();
  await meanwhile();
  const sceneSeconds = scene.samples.length / bench.microphoneRateHz;
  if (trial.name === 'ossicle') await trial.over(sceneSeconds + 10);
  else await trial.playedSeconds(sceneSeconds + AFTER_SCENE_SECONDS);
  const notes = await trial.notes();
  if (trial.name === 'vad-web') await trial.stop();
  const recording = atSegmentRate(scene.samples);
  const clips = [...bench.site.takeClips()];
  const segments = notes.segments.map((segment): EmittedSegment => {
    const audio = emittedAudio(segment, clips);
    return { ...segment, alignment: align(floatSamples(audio), recording) };
  });
  return { notes, segments };
}

/** Ours is what was sent, vad-web's what its callback was given. */
function emittedAudio({ audio, lengthSamples }: NotedSegment, clips: Int16Array[]): Int16Array {
  if (audio !== undefined) {
    const bytes = Uint8Array.from(Buffer.from(audio, 'base64'));
    return new Int16Array(bytes.buffer);
  }
  const clip = clips.find(({ length }) => length === lengthSamples);
  if (clip === undefined) {
    const lengths = clips.map(({ length }) => length).join(', ');
    throw new Error(`A segment of ${lengthSamples} samples was not sent; sent were: ${lengths}.`);
  }
  return clip;
}

/**
 * The page's time at which the sound's first sample was heard, by the second half of the signs: while a device starts,
 * samples may be lost. The earliest sign for its sample count counts, so figures are low by the time that a message
 * takes at best.
 */
export function soundStartMs({ heard }: Notes): Ms {
  const starts = heard.slice(Math.floor(heard.length / 2)).map(({ atMs, seconds }) => atMs - seconds * 1_000);
  return Math.min(...starts);
}

/** Where in the scene the first heard sample lies, as the segment tells. */
export function sceneStartSeconds({ alignment, startSeconds, endSeconds }: EmittedSegment): Seconds {
  if (alignment === undefined) return Number.NaN;
  if (startSeconds !== undefined) return alignment.startSample / 16_000 - startSeconds;
  return alignment.endSample / 16_000 - (endSeconds ?? Number.NaN);
}
