import type { ClipContract } from '../front-end/clip-contract.ts';
import type { Seconds } from '../units.ts';
import { type Distribution, distribution } from './distribution.ts';
import type { HeardSource } from './prep-ledger.ts';
import { MEASURES, type Measure, removedSeconds, valuesOf } from './prep-measures.ts';
import { type OutlierGroup, outlierGroups } from './prep-outliers.ts';

/** A measure with its distribution, if any value of it could be told. */
export interface MeasureSummary {
  readonly measure: Measure;
  readonly distribution: Distribution;
  /** Clips or recordings of which it cannot be told. */
  readonly unknownCount: number;
}

/** All that the reports of `prep` tell; the same for the same recordings and contract, however the run went. */
export interface PrepSummary {
  readonly contract: ClipContract;
  readonly contractSha256: string;
  readonly recordingCount: number;
  readonly clipCount: number;
  /** Length of all recordings that could be read. */
  readonly recordedSeconds: Seconds;
  /** Recorded time in clips; padding zeros are not counted. */
  readonly keptSeconds: Seconds;
  readonly measures: readonly MeasureSummary[];
  readonly outliers: readonly OutlierGroup[];
  readonly withoutSpeech: readonly { readonly source: string; readonly seconds: Seconds }[];
  readonly failed: readonly { readonly source: string; readonly reason: string }[];
  /** Files that are no WAV or FLAC by name, counted by ending. */
  readonly otherFiles: readonly { readonly ending: string; readonly count: number }[];
  /** Folders of prepared clips in the tree, which were not entered. */
  readonly preparedFolders: readonly string[];
  /** Clips in the folder that the manifest does not list, from recordings that are gone. */
  readonly leftoverClips: readonly string[];
}

/** What is known beside the rows. */
export type PrepFacts = Pick<
  PrepSummary,
  'contract' | 'contractSha256' | 'otherFiles' | 'preparedFolders' | 'leftoverClips'
>;

function summarise(measure: Measure, sources: readonly HeardSource[]): readonly MeasureSummary[] {
  const values = valuesOf(measure, sources);
  const summed = distribution(values, measure.isCount);
  if (summed === undefined) return [];
  const count = measure.of === 'clips' ? sources.reduce((sum, { clips }) => sum + clips.length, 0) : sources.length;
  return [{ measure, distribution: summed, unknownCount: count - values.length }];
}

/** Sums up what was prepared. @param sources In order. */
export function prepSummary(sources: readonly HeardSource[], facts: PrepFacts): PrepSummary {
  const read = sources.filter(({ source }) => source.failure === null);
  const spoken = read.filter(({ clips }) => clips.length > 0);
  const recordedSeconds = read.reduce((sum, { source }) => sum + source.seconds, 0);
  return {
    ...facts,
    recordingCount: sources.length,
    clipCount: spoken.reduce((sum, { clips }) => sum + clips.length, 0),
    recordedSeconds,
    keptSeconds: recordedSeconds - read.reduce((sum, heard) => sum + removedSeconds(heard), 0),
    measures: MEASURES.flatMap((measure) => summarise(measure, spoken)),
    outliers: outlierGroups(spoken),
    withoutSpeech: read
      .filter(({ clips }) => clips.length === 0)
      .map(({ source }) => ({ source: source.source, seconds: source.seconds })),
    failed: sources.flatMap(({ source }) =>
      source.failure === null ? [] : [{ source: source.source, reason: source.failure }],
    ),
  };
}
