import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavPcm16 } from '../../../src/dsp/wav.ts';
import { CLIP_CONTRACT_HEADER, CLIP_CONTRACT_VERSION } from '../../../src/protocol/headers.ts';
import { cutClip } from '../../../src/server/clip-cutter.ts';
import type { Seconds } from '../../../src/units.ts';
import { Corpus } from '../front-end/corpus.ts';
import { kernelScorer } from '../front-end/scorers.ts';
import { type Upload, uploadOf } from './poster.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SETS = ['coffee-orders', 'librispeech-test-other', 'librivox-sense', 'assistant-queries', 'asterisk-prompts'];
/** Whole segments, as they are posted, whose mean is about 3 s. */
const LENGTH_RANGE_SECONDS: readonly [Seconds, Seconds] = [2.4, 3.6];
const CLIP_COUNT = 24;
const RECORDINGS_PER_SET = 40;
/** What is left of the recording around the segment when the server is to find it. */
const MARGIN_SECONDS: Seconds = 0.4;
const RATE_HZ = 16_000;

/** The same speech in two ways. */
export interface LoadClips {
  /** Segments of the front end, sent with the contract: they go straight to the recogniser. */
  readonly cut: readonly Upload[];
  /** The recordings they come from, a little longer, sent without: the server's own front end cuts them. */
  readonly uncut: readonly Upload[];
  readonly meanSeconds: Seconds;
  readonly corpusName: string;
}

/** Cuts real recordings by the front end and keeps the segments of about 3 s. @throws Error when there is none. */
export async function loadClips(): Promise<LoadClips> {
  const shared = join(ROOT, '../shared/audio');
  const isShared = existsSync(join(shared, 'manifest.jsonl'));
  const corpus = new Corpus(isShared ? shared : join(ROOT, 'test/fixtures/audio'));
  const scorer = kernelScorer('fp16');
  const cut: Upload[] = [];
  const uncut: Upload[] = [];
  const { signal } = new AbortController();
  for (const recording of corpus.of(SETS, RECORDINGS_PER_SET)) {
    if (recording.rateHz !== RATE_HZ || recording.transcript === undefined || cut.length === CLIP_COUNT) continue;
    const samples = await corpus.samples(recording);
    for (const segment of await cutClip(samples, RATE_HZ, scorer, signal)) {
      const seconds = segment.samples.length / RATE_HZ;
      if (seconds < LENGTH_RANGE_SECONDS[0] || seconds > LENGTH_RANGE_SECONDS[1]) continue;
      const contract = { [CLIP_CONTRACT_HEADER]: CLIP_CONTRACT_VERSION };
      cut.push(uploadOf(wav(segment.samples), seconds, { headers: contract }));
      const start = Math.max(0, Math.round((segment.startSeconds - MARGIN_SECONDS) * RATE_HZ));
      const around = samples.subarray(start, Math.round((segment.endSeconds + MARGIN_SECONDS) * RATE_HZ));
      uncut.push(uploadOf(wav(around), around.length / RATE_HZ, {}));
    }
  }
  if (cut.length === 0) throw new Error(`${corpus.folder} holds no speech that is cut into segments of about 3 s.`);
  return {
    cut,
    uncut,
    meanSeconds: cut.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0) / cut.length,
    corpusName: isShared ? 'development corpus' : 'test fixtures only: few clips',
  };
}

function wav(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const pcm16 = Int16Array.from(samples, (x) => Math.max(-32_768, Math.min(32_767, Math.round(x * 32_768))));
  return encodeWavPcm16(pcm16, RATE_HZ);
}
