import type { Seconds } from '../units.ts';
import type { Refusal } from './openai-error.ts';

/** One token of a recognised text. */
export interface PredictedToken {
  readonly text: string;
  /** Natural logarithm of its probability, at most 0. */
  readonly logProbability: number;
}

/** One recognised stretch of a clip. */
export interface PredictedSegment {
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
  /** Empty when the recogniser heard no speech in it. */
  readonly text: string;
  readonly tokens: readonly PredictedToken[];
}

/** What was recognised in a clip. */
export interface Prediction {
  /** Length of the clip. */
  readonly durationSeconds: Seconds;
  /** In order of time; none when the clip holds no speech. */
  readonly segments: readonly PredictedSegment[];
}

/** Handed to a predict worker when it starts. */
export interface PredictWorkerSettings {
  /** Folder of one release: networks and tokenizer. */
  readonly releaseFolder: string;
  /** The speech detector's WebAssembly module. */
  readonly kernelPath: string;
}

/** Pool to predict worker. */
export type ToPredictWorker =
  /** `clip` is an audio file, copied; `isCut` says that it is one finished segment of the front end. */
  | {
      readonly type: 'predict';
      readonly jobId: number;
      readonly clip: Uint8Array<ArrayBuffer>;
      readonly isCut: boolean;
    }
  /** Stop this job as soon as possible; it still ends with `fault` or `result`. */
  | { readonly type: 'abort'; readonly jobId: number }
  /** Drop what runs, free the networks and end. */
  | { readonly type: 'close' };

/** Predict worker to pool. */
export type FromPredictWorker =
  /** Networks are loaded: jobs may come. */
  | { readonly type: 'ready' }
  /** The networks could not be loaded; the worker ends. */
  | { readonly type: 'start-fault'; readonly message: string }
  /** One more segment of the job is recognised. */
  | { readonly type: 'segment'; readonly jobId: number; readonly segment: PredictedSegment }
  | { readonly type: 'result'; readonly jobId: number; readonly prediction: Prediction }
  /** The clip itself is at fault. */
  | { readonly type: 'refused'; readonly jobId: number; readonly refusal: Refusal }
  /** The recogniser is at fault, or the job was aborted. */
  | { readonly type: 'fault'; readonly jobId: number; readonly message: string };
