import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { msToSeconds } from '../units.ts';
import type { PoolReading, ServerMetrics } from './telemetry.ts';

/** Around the bars: 300 ms at usual load, 500 and 800 ms to the text on the page. */
const DURATION_BUCKETS_SECONDS: number[] = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3, 6, 15, 60];

/**
 * Figures for Prometheus in a registry of their own, with those of the process.
 *
 * Source: prometheus.io, "Metric and label naming": base units, `_total` for counters.
 */
export function prometheusMetrics(): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const buckets = DURATION_BUCKETS_SECONDS;
  const requests = new Counter({
    name: 'ossicle_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'ossicle_http_request_duration_seconds',
    help: "Time to the answer's head.",
    labelNames: ['method', 'route'] as const,
    buckets,
    registers,
  });
  const recognitionSeconds = new Histogram({
    name: 'ossicle_recognition_duration_seconds',
    help: 'Time that a clip spent on a recogniser thread.',
    buckets,
    registers,
  });
  const waitSeconds = new Histogram({
    name: 'ossicle_queue_wait_seconds',
    help: 'Time that a clip waited for a recogniser thread.',
    buckets,
    registers,
  });
  const audioSeconds = new Counter({
    name: 'ossicle_audio_seconds_total',
    help: 'Length of the audio that was recognised.',
    registers,
  });
  const speechless = new Counter({
    name: 'ossicle_clips_without_speech_total',
    help: 'Clips recognised that held no speech.',
    registers,
  });
  const shed = new Counter({
    name: 'ossicle_clips_shed_total',
    help: 'Clips refused with 429, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  const dropped = new Counter({
    name: 'ossicle_clips_dropped_total',
    help: 'Clips given up because nobody waited for the answer any more.',
    registers,
  });
  // Both reasons are there from the start, so that a rate over them is 0 and not missing.
  for (const reason of ['queue_full', 'deadline_out_of_reach'] as const) shed.inc({ reason }, 0);

  return {
    requestEnded({ method, route, status, durationMs }) {
      requests.inc({ method, route, status });
      requestSeconds.observe({ method, route }, msToSeconds(durationMs));
    },
    recognised(clip) {
      recognitionSeconds.observe(msToSeconds(clip.runMs));
      waitSeconds.observe(msToSeconds(clip.waitMs));
      audioSeconds.inc(clip.audioSeconds);
      if (!clip.hasSpeech) speechless.inc();
    },
    shed: (reason) => shed.inc({ reason }),
    dropped: () => dropped.inc(),
    watch: (pool) => watchPool(pool, registers),
    async exposition() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function watchPool(pool: PoolReading, registers: Registry[]): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('ossicle_clips_queued', 'Clips that wait for a recogniser thread.', () => pool.load.queuedCount);
  gauge('ossicle_clips_running', 'Clips on recogniser threads.', () => pool.load.runningCount);
  gauge('ossicle_recogniser_threads', 'Recogniser threads that are loaded.', () => pool.readyThreadCount);
  gauge('ossicle_expected_wait_seconds', 'Expected wait of a clip that comes now.', () =>
    msToSeconds(pool.expectedWaitMs),
  );
}
