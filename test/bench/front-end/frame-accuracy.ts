import { bootstrapInterval, type Interval } from './statistics.ts';

/** One clip's frames: what is true and what a scorer says of them. */
export interface ScoredFrames {
  /** 1 where the frame is speech. */
  readonly labels: Uint8Array;
  /** Score of each frame; as many as labels. */
  readonly scores: Float32Array;
}

/** Precision, recall and their harmonic mean at a threshold. */
export interface FrameRates {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/** Frames of many clips, arranged so that any draw of clips is scored in one pass. */
export class FrameAccuracy {
  readonly #clips: readonly ScoredFrames[];
  readonly #threshold: number;
  /** Rank of each frame's score among all different scores. */
  readonly #ranks: readonly Uint32Array[];
  readonly #rankCount: number;

  /** @param threshold Score from which a frame counts as speech. */
  constructor(clips: readonly ScoredFrames[], threshold: number) {
    this.#clips = clips;
    this.#threshold = threshold;
    const different = Float32Array.from(new Set(clips.flatMap(({ scores }) => [...scores]))).sort();
    const rankOf = new Map(Array.from(different, (score, rank) => [score, rank] as const));
    this.#ranks = clips.map(({ scores }) => Uint32Array.from(scores, (score) => rankOf.get(score)!));
    this.#rankCount = different.length;
  }

  /** Frames in all. */
  get frameCount(): number {
    return this.#clips.reduce((sum, { labels }) => sum + labels.length, 0);
  }

  /**
   * Area under the ROC curve over the frames of these clips: how often a speech frame scores above another one, ties half.
   *
   * Source: Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143, 1982.
   */
  auc(clips: Iterable<number> = this.#clips.keys()): number {
    const speech = new Float64Array(this.#rankCount);
    const other = new Float64Array(this.#rankCount);
    for (const clip of clips) {
      const { labels } = this.#clips[clip]!;
      const ranks = this.#ranks[clip]!;
      for (let i = 0; i < labels.length; i++) {
        const counts = labels[i] === 1 ? speech : other;
        counts[ranks[i]!]!++;
      }
    }
    let otherBelow = 0;
    let speechTotal = 0;
    let wins = 0;
    for (let rank = 0; rank < this.#rankCount; rank++) {
      wins += speech[rank]! * (otherBelow + other[rank]! / 2);
      otherBelow += other[rank]!;
      speechTotal += speech[rank]!;
    }
    return wins / (speechTotal * otherBelow);
  }

  /** Rates over the frames of these clips at the threshold. */
  rates(clips: Iterable<number> = this.#clips.keys()): FrameRates {
    let hits = 0;
    let falseAlarms = 0;
    let misses = 0;
    for (const clip of clips) {
      const { labels, scores } = this.#clips[clip]!;
      for (let i = 0; i < labels.length; i++) {
        const isHeard = scores[i]! >= this.#threshold;
        if (labels[i] === 1) {
          if (isHeard) hits++;
          else misses++;
        } else if (isHeard) falseAlarms++;
      }
    }
    return {
      f1: (2 * hits) / (2 * hits + falseAlarms + misses),
      precision: hits / (hits + falseAlarms),
      recall: hits / (hits + misses),
    };
  }

  /** Points of the ROC curve from (0, 0) to (1, 1): false-alarm rate, hit rate. */
  rocPoints(): readonly (readonly [falseAlarmRate: number, hitRate: number])[] {
    const frames = this.#clips.flatMap(({ labels, scores }) =>
      Array.from(labels, (label, i) => ({ label, score: scores[i]! })),
    );
    frames.sort((a, b) => b.score - a.score);
    const speechCount = frames.filter(({ label }) => label === 1).length;
    const points: [number, number][] = [[0, 0]];
    let hits = 0;
    for (const [i, { label, score }] of frames.entries()) {
      hits += label;
      if (frames[i + 1]?.score === score) continue;
      points.push([(i + 1 - hits) / (frames.length - speechCount), hits / speechCount]);
    }
    return points;
  }
}

/** Interval, by clip, of the difference of a figure between two scorers on the same clips. */
export function pairedInterval(
  clipCount: number,
  figure: (scorer: FrameAccuracy, clips: Iterable<number>) => number,
  ours: FrameAccuracy,
  theirs: FrameAccuracy,
): Interval {
  return bootstrapInterval(clipCount, (drawn) => figure(ours, drawn) - figure(theirs, drawn), 1_000);
}
