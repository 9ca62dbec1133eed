/** How large a change matters, how soon it must be known, and how often a false alarm may come. */
export interface DriftProfile {
  readonly name: ProfileName;
  /** Rise of a rate that its chart is tuned to, as a ratio above 1; falls by the same ratio are as far. */
  readonly rateRatio: number;
  /** Shift of a level that its chart is tuned to, in standard deviations. */
  readonly levelDeviations: number;
  /** Values of a series between two false alarms of its chart, on average. */
  readonly runLengthCount: number;
  /** Windows in a row in which a distribution must have drifted before it alarms. */
  readonly windowsInRow: number;
  /** Least values in a window that is compared. */
  readonly leastCount: number;
  /** Expected share of false ones among the drifts that a comparison of all metrics finds, at most. */
  readonly falseShare: number;
  /** Least effect of a drift: how far a distribution moved, in standard deviations of the reference. */
  readonly leastDeviations: number;
  /** Least effect of a drift of a rate, relative to the rate, or to what it leaves when that is less. */
  readonly leastRelative: number;
}

/** Names of the profiles. */
export const PROFILE_NAMES = ['user-facing', 'business'] as const;

/** One of {@link PROFILE_NAMES}. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

const EFFECT = { leastCount: 300, falseShare: 0.1, leastDeviations: 0.1, leastRelative: 0.2 } as const;

/**
 * `user-facing`: many people change slowly, and each is watched for as little as a quarter of a standard deviation.
 * `business`: one decision (a catalogue, a fleet of headsets, a release) changes everything at once; large changes are
 * told sooner, small ones late, and a false alarm may come five times as often.
 *
 * Tuned by run lengths alone (`average-run-length.ts`). Charts for a shift of 0.4 standard deviations are within a few
 * percent of the best for 0.25 and for 0.5; those for a rate half as high again the same for 1.5 and 2 times.
 */
export const DRIFT_PROFILES: Readonly<Record<ProfileName, DriftProfile>> = {
  'user-facing': {
    name: 'user-facing',
    rateRatio: 1.5,
    levelDeviations: 0.4,
    runLengthCount: 105_000,
    windowsInRow: 2,
    ...EFFECT,
  },
  business: {
    name: 'business',
    rateRatio: 2,
    levelDeviations: 1,
    runLengthCount: 25_000,
    windowsInRow: 1,
    ...EFFECT,
  },
};
