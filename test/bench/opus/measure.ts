import type { OpusChoice } from '../../../src/delivery/opus-encoder.ts';
import { encodeWavPcm16 } from '../../../src/dsp/wav.ts';
import { pairedDifferenceInterval } from '../../../src/evaluation/bootstrap.ts';
import { seededRandom } from '../../../src/evaluation/seeded-random.ts';
import { type ClipErrors, countClipErrors, pooledWordErrorRate } from '../../../src/evaluation/word-error-rate.ts';
import { finalClips } from '../../../src/front-end/clip-joiner.ts';
import { segmentRecording } from '../../../src/front-end/recording.ts';
import { CLIP_CONTRACT_HEADER, CLIP_CONTRACT_VERSION } from '../../../src/protocol/headers.ts';
import { SEGMENT_RATE_HZ } from '../../../src/protocol/segment.ts';
import { type LocalServer, postForm, transcriptionForm } from '../../local-server.ts';
import type { Corpus, CorpusClip } from '../front-end/corpus.ts';
import { kernelScorer } from '../front-end/scorers.ts';
import { between, type Table } from '../front-end/table.ts';
import type { BrowserEncoder } from './browser-encoder.ts';

const SETS = ['coffee-orders', 'librispeech-test-other'];
const SEED = 11;

/** What is compared with WAV. */
const CHOICES: readonly OpusChoice[] = [
  { bitsPerSecond: 16_000, application: 'audio' },
  { bitsPerSecond: 24_000, application: 'audio' },
  { bitsPerSecond: 24_000, application: 'voip' },
  { bitsPerSecond: 32_000, application: 'audio' },
];

/** One clip by every encoding, WAV first. */
interface Scored {
  readonly set: string;
  readonly errors: readonly ClipErrors[];
  readonly bytes: readonly number[];
}

function nameOf({ bitsPerSecond, application }: OpusChoice): string {
  return `Opus ${bitsPerSecond / 1000} kbit/s, ${application}`;
}

async function recognise(server: LocalServer, file: Blob, fileName: string): Promise<string> {
  const form = transcriptionForm(new File([file], fileName), { model: 'moonshine-tiny-en', response_format: 'text' });
  const response = await postForm(server.origin, form, { headers: { [CLIP_CONTRACT_HEADER]: CLIP_CONTRACT_VERSION } });
  const text = await response.text();
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${text}`);
  return text.trim();
}

/** Cuts a recording as the worklet does, and sends each clip by every encoding. */
async function score(
  clip: CorpusClip,
  samples: Float32Array,
  scorer: ReturnType<typeof kernelScorer>,
  encoder: BrowserEncoder,
  server: LocalServer,
): Promise<Scored> {
  const texts: string[][] = [0, ...CHOICES].map(() => []);
  const bytes: number[] = [];
  const take = async (index: number, file: Uint8Array<ArrayBuffer>, fileName: string): Promise<void> => {
    texts[index]?.push(await recognise(server, new Blob([file]), fileName));
    bytes[index] = (bytes[index] ?? 0) + file.length;
  };
  const segments = await segmentRecording(samples, clip.rateHz, scorer);
  for (const { pcm16 } of finalClips(segments.map((segment) => segment.take))) {
    await take(0, encodeWavPcm16(pcm16, SEGMENT_RATE_HZ), 'clip.wav');
    for (const [index, choice] of CHOICES.entries()) {
      await take(index + 1, await encoder.encode(pcm16, choice), 'clip.ogg');
    }
  }
  return {
    set: clip.set,
    errors: [0, ...CHOICES].map((_, i) => countClipErrors(clip.transcript!, texts[i]!.join(' '), 'english')),
    bytes: [0, ...CHOICES].map((_, i) => bytes[i] ?? 0),
  };
}

function rowsOf(
  set: string,
  scored: readonly Scored[],
): { readonly rows: string[][]; readonly figures: Record<string, number> } {
  const figures: Record<string, number> = {};
  const errors = (index: number): ClipErrors[] => scored.map((clip) => clip.errors[index]!);
  const bytes = (index: number): number => scored.reduce((sum, clip) => sum + clip.bytes[index]!, 0);
  const rows = [0, ...CHOICES].map((_, index) => {
    const choice = CHOICES[index - 1];
    const name = choice === undefined ? 'WAV, PCM16' : nameOf(choice);
    const rate = pooledWordErrorRate(errors(index)) * 100;
    const change = rate - pooledWordErrorRate(errors(0)) * 100;
    const interval = pairedDifferenceInterval(errors(0), errors(index), seededRandom(SEED));
    figures[`${set} ${name}: WER %`] = rate;
    figures[`${set} ${name}: share of bytes`] = bytes(index) / bytes(0);
    const difference = `${change >= 0 ? '+' : ''}${change.toFixed(2)} ${between(interval, 2, 100)}`;
    return [
      set,
      name,
      `${scored.length} clips`,
      `${(bytes(index) / 1000).toFixed(0)} kB`,
      `${((bytes(index) / bytes(0)) * 100).toFixed(1)} %`,
      rate.toFixed(2),
      choice === undefined ? '' : difference,
    ];
  });
  return { rows, figures };
}

/** Sends clips as WAV and as Opus to a server and compares what it understands. */
export async function measureOpus(
  corpus: Corpus,
  limit: number,
  encoder: BrowserEncoder,
  server: LocalServer,
  progress: (words: string) => void,
): Promise<Table> {
  const clips = corpus.of(SETS, limit).filter(({ transcript }) => transcript !== undefined);
  const scored: Scored[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const scorer = kernelScorer('fp16');
    for (let clip = clips[next++]; clip !== undefined; clip = clips[next++]) {
      scored.push(await score(clip, await corpus.samples(clip), scorer, encoder, server));
      progress(`opus: ${scored.length} of ${clips.length}`);
    }
  };
  await Promise.all([work(), work()]);
  const measured = SETS.map((set) => [set, scored.filter((clip) => clip.set === set)] as const).filter(
    ([, of]) => of.length > 0,
  );
  const results = measured.map(([set, of]) => rowsOf(set, of));
  return {
    name: 'prediction-opus',
    title: 'Opus: bytes saved and words lost',
    about: [
      `Clips as the front end cuts them (preset search), sent as WAV and as Ogg Opus to \`ossicle serve\`'s transcription route with the clip contract, recognised by Moonshine Tiny. Opus by WebCodecs of Chromium ${encoder.version}, 20 ms packets, written by the delivery's own Ogg writer; bytes are those of the files.`,
      'Texts compared after the English normaliser; differences to WAV in points, paired by clip, with 95 % bootstrap intervals.',
    ],
    columns: ['set', 'encoding', 'n', 'bytes', 'share of WAV', 'WER %', 'difference to WAV'],
    rows: results.flatMap(({ rows }) => rows),
    bars: [],
    plots: [],
    figures: Object.assign({}, ...results.map(({ figures }) => figures)),
  };
}
