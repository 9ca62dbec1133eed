import { ENDPOINTER_DEFAULTS } from '../../../src/vad/endpointer.ts';
import { FRAME_SAMPLES, type SpeechScorer } from '../../../src/vad/speech-scorer.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import type { CorpusClip, Stretch } from './corpus.ts';
import { FrameAccuracy, pairedInterval, type ScoredFrames } from './frame-accuracy.ts';
import { hear, ListeningScorer } from './hearing.ts';
import { kernelScorer, OFFLINE_SCORERS, ortSilero, SYNCHRONOUS_SCORERS } from './scorers.ts';
import { atLeast, type Bar, between, fixed, type Plot, type Table } from './table.ts';
import { VAD_WEB_THRESHOLD } from './vad-web.ts';

const RATE_HZ = 16_000;
const SETS: readonly string[] = ['ten-vad', 'speechbrain-vad', 'ami-mini'];
const JUDGING_SET = 'ten-vad';
const FP16 = 'kernel fp16';
const INT8 = 'kernel int8';
const ORT_LEVELLED = 'onnxruntime-web, the same input';
const ORT_AS_IT_COMES = 'onnxruntime-web, the same input, not moved back';
const ORT_PLAIN = 'onnxruntime-web, the input unlevelled';
const AUC_TOLERANCE = 0.001;

/** One way to score, all clips of a set. */
interface Column {
  readonly name: string;
  readonly threshold: number;
  readonly clips: ScoredFrames[];
}

interface HeardClip {
  readonly clip: CorpusClip;
  readonly plain: Float32Array;
  /** What the network hears in the product: levelled. */
  readonly levelled: Float32Array;
}

function frameLabels(speech: readonly Stretch[], frameCount: number): Uint8Array {
  return Uint8Array.from({ length: frameCount }, (_, frame) => {
    const middle = ((frame + 0.5) * FRAME_SAMPLES) / RATE_HZ;
    return speech.some(([start, end]) => middle >= start && middle < end) ? 1 : 0;
  });
}

/** Puts each score beside the frame that it speaks of; the clip's last frames have none. */
function moved(scores: Float32Array, labels: Uint8Array, latencySamples: number): ScoredFrames {
  const back = latencySamples / FRAME_SAMPLES;
  const count = labels.length - 1;
  return { labels: labels.subarray(0, count), scores: scores.subarray(back, back + count) };
}

function scoreSynchronously(scorer: SpeechScorer, samples: Float32Array): Float32Array {
  scorer.reset();
  return Float32Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, i) =>
    scorer.score(samples.slice(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES)),
  );
}

async function scoreSet(clips: readonly HeardClip[], progress: (text: string) => void): Promise<readonly Column[]> {
  const columns = new Map<string, Column>();
  const add = (name: string, threshold: number, frames: ScoredFrames): void => {
    const column = columns.get(name) ?? { name, threshold, clips: [] };
    column.clips.push(frames);
    columns.set(name, column);
  };
  const shipped = ENDPOINTER_DEFAULTS.onset;
  const synchronous = Object.entries(SYNCHRONOUS_SCORERS).map(([name, make]) => [name, make()] as const);
  const ort = await ortSilero();
  const vadWeb = Object.entries(OFFLINE_SCORERS).filter(([name]) => name.startsWith('vad-web'));
  const peers = await Promise.all(vadWeb.map(async ([name, make]) => [name, await make()] as const));
  for (const { clip, plain, levelled } of clips) {
    progress(clip.name);
    const labels = frameLabels(clip.speech!, Math.floor(plain.length / FRAME_SAMPLES));
    for (const [name, scorer] of synchronous) {
      add(name, shipped, moved(scoreSynchronously(scorer, levelled), labels, scorer.latencySamples));
    }
    const same = await ort.score(levelled);
    add(ORT_LEVELLED, shipped, moved(same, labels, ort.latencySamples));
    add(ORT_AS_IT_COMES, shipped, moved(same, labels, 0));
    add(ORT_PLAIN, shipped, moved(await ort.score(plain), labels, ort.latencySamples));
    for (const [name, peer] of peers) {
      add(name, VAD_WEB_THRESHOLD, moved(await peer.score(plain), labels, peer.latencySamples));
    }
  }
  await Promise.all([ort.close(), ...peers.map(([, peer]) => peer.close())]);
  return [...columns.values()];
}

async function hearClips({ corpus, limit, progress }: BenchContext, set: string): Promise<readonly HeardClip[]> {
  const listener = new ListeningScorer(kernelScorer('fp16'));
  const heard: HeardClip[] = [];
  for (const clip of corpus.of([set], limit)) {
    progress(clip.name);
    const plain = await corpus.samples(clip);
    hear(plain, clip.rateHz, listener);
    heard.push({ clip, plain, levelled: listener.input });
  }
  return heard;
}

function setRows(set: string, accuracies: ReadonlyMap<string, FrameAccuracy>, clipCount: number): string[][] {
  const reference = accuracies.get(ORT_LEVELLED)!;
  return [...accuracies].map(([name, accuracy]) => {
    const { f1, precision, recall } = accuracy.rates();
    const isReference = accuracy === reference;
    const auc = isReference
      ? ''
      : difference(accuracy.auc() - reference.auc(), aucInterval(clipCount, accuracy, reference));
    const gain = isReference ? '' : difference(f1 - reference.rates().f1, f1Interval(clipCount, accuracy, reference));
    return [
      set,
      name,
      `${clipCount} clips, ${accuracy.frameCount} frames`,
      fixed(accuracy.auc(), 4),
      auc,
      fixed(f1, 4),
      gain,
      fixed(precision, 3),
      fixed(recall, 3),
    ];
  });
}

function difference(value: number, interval: readonly [number, number]): string {
  return `${value >= 0 ? '+' : ''}${fixed(value, 4)} ${between(interval, 4)}`;
}

function aucInterval(clipCount: number, ours: FrameAccuracy, theirs: FrameAccuracy): readonly [number, number] {
  return pairedInterval(clipCount, (scorer, clips) => scorer.auc(clips), ours, theirs);
}

function f1Interval(clipCount: number, ours: FrameAccuracy, theirs: FrameAccuracy): readonly [number, number] {
  return pairedInterval(clipCount, (scorer, clips) => scorer.rates(clips).f1, ours, theirs);
}

function judgingBars(accuracies: ReadonlyMap<string, FrameAccuracy>): Bar[] {
  const ort = accuracies.get(ORT_LEVELLED)!;
  return [FP16, INT8].flatMap((name) => {
    const kernel = accuracies.get(name)!;
    return [
      atLeast(
        `${name}: frame AUC - onnxruntime's on the same input, ${JUDGING_SET}, both moved back 32 ms`,
        kernel.auc() - ort.auc(),
        -AUC_TOLERANCE,
        '',
        4,
        `${fixed(kernel.auc(), 4)} against ${fixed(ort.auc(), 4)}`,
      ),
      atLeast(
        `${name}: frame F1 - onnxruntime's at the shipped threshold, ${JUDGING_SET}`,
        kernel.rates().f1 - ort.rates().f1,
        0,
        '',
        4,
        `${fixed(kernel.rates().f1, 4)} against ${fixed(ort.rates().f1, 4)}`,
      ),
    ];
  });
}

function rocPlot(accuracies: ReadonlyMap<string, FrameAccuracy>): Plot {
  return {
    type: 'curves',
    name: 'vad-roc',
    title: `Frames of ${JUDGING_SET}: speech found against other frames taken for speech`,
    x: 'false-alarm rate',
    y: 'hit rate',
    xRange: [0, 0.5],
    yRange: [0.5, 1],
    curves: [FP16, ORT_PLAIN, 'vad-web (its default model)', 'energy'].map((name) => ({
      name,
      points: accuracies.get(name)!.rocPoints(),
    })),
    marks: [],
  };
}

async function run(context: BenchContext): Promise<Table> {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  const plots: Plot[] = [];
  const figures: Record<string, number> = {};
  for (const set of SETS) {
    const clips = await hearClips(context, set);
    if (clips.length === 0) continue;
    const columns = await scoreSet(clips, context.progress);
    const accuracies = new Map(
      columns.map(({ name, threshold, clips }) => [name, new FrameAccuracy(clips, threshold)]),
    );
    rows.push(...setRows(set, accuracies, clips.length));
    for (const [name, accuracy] of accuracies) {
      figures[`${set} ${name} auc`] = accuracy.auc();
      figures[`${set} ${name} f1`] = accuracy.rates().f1;
    }
    if (set !== JUDGING_SET) continue;
    bars.push(...judgingBars(accuracies));
    plots.push(rocPlot(accuracies));
  }
  return {
    name: 'vad',
    title: 'Finding speech, frame by frame',
    about: [
      'Labels: ten-vad by people, who marked pauses down to 0.05 s (never tuned on); speechbrain-vad coarse; ami-mini turns of a meeting, where pauses inside a turn count as speech. A frame is 512 samples; it is speech when its middle is.',
      '"The same input" is what the network hears in the product: levelled by its own causal gain. Kernels and onnxruntime-web run Silero v6; their answers are moved back 32 ms unless it says otherwise, the others\' are taken as they come. vad-web hears the input unlevelled, as its users\' does.',
      `F1 at the thresholds that ship: ${ENDPOINTER_DEFAULTS.onset} here, ${VAD_WEB_THRESHOLD} in vad-web. Differences are to onnxruntime-web on the same input, with 95 % intervals by clip (paired bootstrap).`,
    ],
    columns: ['set', 'scorer', 'n', 'AUC', 'difference', 'F1', 'difference', 'precision', 'recall'],
    rows,
    bars,
    plots,
    figures,
  };
}

/** Frame ROC-AUC and F1 on the labelled sets. */
export const vadBenchmark: Benchmark = { name: 'vad', run };
