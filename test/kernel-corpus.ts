import { readFile } from 'node:fs/promises';
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { seededRandom, silence, speechLikeBursts, tone, whiteNoise } from './signals.ts';

/** One signal at 16 kHz. */
export interface Signal {
  readonly name: string;
  readonly samples: Float32Array;
}

const RATE_HZ = 16000;
const AUDIO = new URL('fixtures/audio/', import.meta.url);

interface ManifestLine {
  readonly path: string;
  readonly sample_rate: number;
}

/** Every 16 kHz recording of test/fixtures/audio. */
export async function recordings(): Promise<Signal[]> {
  const lines = (await readFile(new URL('manifest.jsonl', AUDIO), 'utf8')).split('\n').filter((line) => line !== '');
  const clips = lines.map((line) => JSON.parse(line) as ManifestLine).filter((clip) => clip.sample_rate === RATE_HZ);
  const decoder = new FLACDecoder();
  await decoder.ready;
  const signals: Signal[] = [];
  for (const { path } of clips) {
    const { channelData } = await decoder.decodeFile(await readFile(new URL(path, AUDIO)));
    await decoder.reset();
    const samples = channelData[0];
    if (!samples || samples.length === 0) throw new Error(`test/fixtures/audio/${path}: nothing decoded`);
    signals.push({ name: path, samples });
  }
  decoder.free();
  return signals;
}

/** The same sound, `levelDb` louder. */
export function atLevel({ name, samples }: Signal, levelDb: number): Signal {
  const factor = 10 ** (levelDb / 20);
  return { name: `${name} at ${levelDb} dB`, samples: samples.map((x) => x * factor) };
}

/** Seeded signals where a kernel may stumble: nothing, everything, noise, numbers near the ends of float32. */
export function syntheticSignals(): Signal[] {
  const random = seededRandom(20);
  const count = 4 * RATE_HZ;
  const uniform = (scale: number) => Float32Array.from({ length: count }, () => (random() * 2 - 1) * scale);
  return [
    { name: 'silence', samples: silence(RATE_HZ, 4) },
    { name: 'full-scale square', samples: Float32Array.from({ length: count }, (_, i) => ((i >> 5) & 1 ? 1 : -1)) },
    { name: 'full-scale uniform noise', samples: uniform(1) },
    { name: 'white noise at -40 dBFS', samples: whiteNoise(RATE_HZ, 4, -40, 21) },
    { name: 'tone of 440 Hz', samples: tone(RATE_HZ, 4, 440, -3) },
    { name: 'speech-like bursts', samples: speechLikeBursts(RATE_HZ, 8, -24, { seed: 22 }) },
    { name: 'values around 1e-30', samples: uniform(1e-30) },
    { name: 'denormals', samples: uniform(1e-39) },
  ];
}
