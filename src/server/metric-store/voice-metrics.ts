import { createHmac, randomBytes } from 'node:crypto';
import type { Ms } from '../../units.ts';
import { FleetExposition } from './fleet-exposition.ts';
import { keyHash, LEAST_SESSIONS } from './key-sample.ts';
import { MetricDatabase } from './metric-database.ts';
import { MetricIngest } from './metric-ingest.ts';
import type { MetricProfile } from './metric-profile.ts';

/** The devices' metrics: taken in, kept, told. */
export class VoiceMetrics {
  readonly profile: MetricProfile;
  /** Sessions that a figure is of, at least, when it is told. */
  readonly leastSessions: number;
  readonly database: MetricDatabase;
  readonly ingest: MetricIngest;
  readonly nowMs: () => Ms;
  readonly #exposition: FleetExposition;

  /**
   * @param path Of the database's file; `:memory:` keeps nothing beyond the process.
   * @param nowMs Epoch time.
   * @throws The database's error when the file cannot be opened or is no database.
   */
  constructor(profile: MetricProfile, path: string, nowMs: () => Ms) {
    this.profile = profile;
    this.nowMs = nowMs;
    this.leastSessions = profile === 'production' ? LEAST_SESSIONS : 1;
    this.database = new MetricDatabase(path);
    const exposition = new FleetExposition(this.leastSessions);
    const salt = randomBytes(32);
    this.ingest = new MetricIngest(
      this.database,
      nowMs,
      (batch) => exposition.add(batch, keyHash(createHmac('sha256', salt).update(batch.sessionKey).digest())),
      (message) => console.error(message),
    );
    this.#exposition = exposition;
  }

  /** The devices' figures since this process started, in Prometheus' text format. */
  exposition(): string {
    return this.#exposition.text();
  }

  close(): void {
    this.database.close();
  }
}
