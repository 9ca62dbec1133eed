/** One thing that the probe page noted. */
export interface ProbeEvent {
  readonly type: string;
  /** On the page's clock. */
  readonly atMs: number;
  readonly code?: string;
  readonly message?: string;
  readonly segmentId?: number;
  readonly end?: string;
  readonly reason?: string;
  readonly text?: string;
  readonly segmentText?: string;
  readonly label?: string;
  readonly rateHz?: number;
  readonly persisted?: boolean;
  readonly span?: { readonly startSample: number; readonly endSample: number };
  readonly metrics?: {
    readonly missingSamples: number;
    readonly deviceRateHz: number;
    readonly dropoutCount: number;
    readonly clipLengthSeconds: number;
  };
}

/** Everything that the probe page knows. */
export interface ProbeReport {
  readonly phase: string;
  readonly nowMs: number;
  readonly events: readonly ProbeEvent[];
  readonly levelCount: number;
  readonly liveTrackCount: number;
  readonly openContextCount: number;
}
