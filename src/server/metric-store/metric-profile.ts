/**
 * Whose figures are kept, and how.
 *
 * `production`: of many people; cells of fewer than 20 sessions are not told. `local`: of whoever sits at this machine, all
 * told. `demo`: of recordings played for show and tests, all told.
 */
export const METRIC_PROFILES = ['production', 'local', 'demo'] as const;
/** One of {@link METRIC_PROFILES}. */
export type MetricProfile = (typeof METRIC_PROFILES)[number];
