import { type Hz, type Ms, msToSamples, type Samples } from '../units.ts';

/** Rate of everything behind the resampler. */
export const PIPELINE_RATE_HZ: Hz = 16_000;

/** How far the analysis advances at a time. */
export const HOP_MS: Ms = 10;

/** Samples in a hop at {@link PIPELINE_RATE_HZ}. */
export const HOP_SAMPLES: Samples = msToSamples(HOP_MS, PIPELINE_RATE_HZ);
