import { writeFileSync } from 'node:fs';
import { Resampler } from '../../../src/dsp/resampler.ts';
import type { Seconds } from '../../../src/units.ts';
import { MICROPHONE_RATE_HZ, sceneSamples, wavFile } from '../../e2e/recording.ts';
import { joined, type RoomTone, roomLevelDbfs } from '../front-end/copies.ts';
import type { Corpus, CorpusClip, Stretch } from '../front-end/corpus.ts';
import { atWorkletRate } from '../front-end/worklet-process.ts';

/** Chromium repeats a file's last 10 ms for ever: they must be silent. */
const END_SECONDS: Seconds = 0.1;
const RECOGNISER_RATE_HZ = 16_000;

/** A sound for the microphone, and what is known of it. */
export interface Scene {
  readonly name: string;
  /** At {@link MICROPHONE_RATE_HZ}. */
  readonly samples: Float32Array;
  /** The first word's start and the last one's end, on the scene's clock. */
  readonly speech: Stretch;
}

/** A clip with its own background before and after it. */
export async function orderScene(
  corpus: Corpus,
  clip: CorpusClip,
  room: RoomTone,
  leadSeconds: Seconds,
  tailSeconds: Seconds,
): Promise<Scene> {
  const [first] = clip.words ?? [];
  const last = clip.words?.at(-1);
  if (first === undefined || last === undefined) throw new Error(`${clip.name} has no word times.`);
  const level = roomLevelDbfs(clip);
  const padded = joined(
    room.stretch(leadSeconds, clip.rateHz, level),
    await corpus.samples(clip),
    room.stretch(tailSeconds, clip.rateHz, level),
  );
  return {
    name: clip.name,
    samples: atWorkletRate(padded, clip.rateHz),
    speech: [leadSeconds + first[0], leadSeconds + last[1]],
  };
}

/** Sentences with pauses between them, for so long; it holds no labels. */
export function talk(clips: readonly string[], seconds: Seconds): Scene {
  const parts: Float32Array[] = [];
  let count = 0;
  for (let i = 0; count < seconds * MICROPHONE_RATE_HZ; i++) {
    const clip = clips[i % clips.length]!;
    const part = sceneSamples({ clip, leadSeconds: 0.5, tailSeconds: 1.5, room: 'quiet', snrDb: 35 });
    parts.push(part);
    count += part.length;
  }
  return { name: 'talk', samples: joined(...parts), speech: [0, seconds] };
}

/** Has the microphone play the scene from the next time on that it is opened. */
export function play(scene: Scene, path: string): void {
  writeFileSync(path, wavFile(joined(scene.samples, new Float32Array(END_SECONDS * MICROPHONE_RATE_HZ))));
}

/** The scene as emitted audio is compared with it. */
export function atSegmentRate(samples: Float32Array): Float32Array {
  const resampler = new Resampler(MICROPHONE_RATE_HZ, RECOGNISER_RATE_HZ);
  const output = new Float32Array(resampler.maxOutputFor(samples.length) + resampler.maxFlushOutput);
  const count = resampler.push(samples, output);
  return output.subarray(0, count + resampler.flush(output.subarray(count)));
}
