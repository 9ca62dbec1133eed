import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CLIP_CONTRACT_HEADER, IDEMPOTENCY_KEY_HEADER } from '../../../src/protocol/headers.ts';
import type { Ms } from '../../../src/units.ts';
import type { LoadClips } from './clips.ts';
import { type Upload, uploadOf } from './poster.ts';

const AUDIO = new URL('../../fixtures/audio/', import.meta.url);
/** The recording that is there in every format. */
const RECORDING = 'whats_the_weather_like';
const RECORDING_SECONDS = 2.03;

/** One kind of request in the mix. */
export interface SoakKind {
  readonly name: string;
  /** Share of all requests; they add up to 1. */
  readonly share: number;
  /** What must come back, 429 aside. 0: nothing, the client hangs up. */
  readonly expectedStatus: number;
  /** The next request; `random` is uniform in [0, 1). */
  readonly make: (random: () => number) => Upload;
  /** When the client hangs up, from the request's start. */
  readonly hangUpAfterMs?: (random: () => number) => Ms;
}

/** Everything that clients do, well-behaved or not. */
export async function soakMix(clips: LoadClips): Promise<readonly SoakKind[]> {
  const formats = ['flac', 'ogg', 'webm', 'mp3'];
  const files = await Promise.all(formats.map((format) => readFile(new URL(`${RECORDING}.${format}`, AUDIO))));
  const pick = (uploads: readonly Upload[], random: () => number): Upload =>
    uploads[Math.floor(random() * uploads.length)]!;
  const withFields = (upload: Upload, headers: Readonly<Record<string, string>>): Upload => ({
    ...upload,
    headers: { ...upload.headers, ...headers },
  });
  const streamed = uploadOf(files[0]!, RECORDING_SECONDS, { fields: { stream: 'true' } });
  const verbose = uploadOf(files[0]!, RECORDING_SECONDS, { fields: { response_format: 'verbose_json' } });
  const noAudio = uploadOf(Buffer.from('This is no audio file.'), 0, {});
  const brokenWav = uploadOf(Buffer.concat([Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1')]), 0, {});
  const badField = uploadOf(files[0]!, 0, { fields: { response_format: 'pdf' } });
  const newerContract = uploadOf(files[0]!, 0, { headers: { [CLIP_CONTRACT_HEADER]: '999' } });
  const noForm: Upload = { headers: { 'Content-Type': 'application/json' }, body: Buffer.from('{}'), audioSeconds: 0 };
  return [
    { name: 'WAV, cut', share: 0.4, expectedStatus: 200, make: (random) => pick(clips.cut, random) },
    { name: 'WAV, server cuts', share: 0.15, expectedStatus: 200, make: (random) => pick(clips.uncut, random) },
    ...formats.map((format, index) => ({
      name: format,
      share: 0.04,
      expectedStatus: 200,
      make: () => uploadOf(files[index]!, RECORDING_SECONDS, {}),
    })),
    { name: 'streamed text', share: 0.04, expectedStatus: 200, make: () => streamed },
    { name: 'verbose_json', share: 0.04, expectedStatus: 200, make: () => verbose },
    {
      name: 'with an idempotency key',
      share: 0.06,
      expectedStatus: 200,
      make: (random) => withFields(pick(clips.cut, random), { [IDEMPOTENCY_KEY_HEADER]: randomUUID() }),
    },
    {
      name: 'client hangs up',
      share: 0.07,
      expectedStatus: 0,
      make: (random) => pick(clips.uncut, random),
      // Before, while and after the clip is recognised.
      hangUpAfterMs: (random) => Math.round(150 * random()),
    },
    { name: 'no audio', share: 0.02, expectedStatus: 400, make: () => noAudio },
    { name: 'broken WAV', share: 0.02, expectedStatus: 400, make: () => brokenWav },
    { name: 'unknown field value', share: 0.02, expectedStatus: 400, make: () => badField },
    { name: 'unknown contract', share: 0.01, expectedStatus: 409, make: () => newerContract },
    { name: 'no form', share: 0.01, expectedStatus: 415, make: () => noForm },
  ];
}

/** The kind that a number in [0, 1) falls on. */
export function kindAt(kinds: readonly SoakKind[], draw: number): SoakKind {
  let sum = 0;
  for (const kind of kinds) {
    sum += kind.share;
    if (draw < sum) return kind;
  }
  return kinds[0]!;
}
