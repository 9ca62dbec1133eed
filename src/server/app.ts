import { Hono } from 'hono';
import { SESSION_KEY_HEADER } from '../protocol/headers.ts';
import { createMenuSearch } from '../search/menu-search.ts';
import type { Ms } from '../units.ts';
import { BodyIntake } from './body-intake.ts';
import type { TokenVerifier } from './browser-tokens.ts';
import { type AppEnv, createGate } from './gate.ts';
import { heardRefusals } from './heard-refusals.ts';
import { idempotent } from './idempotency.ts';
import type { IdempotencyStore } from './idempotency-store.ts';
import type { KeyFile } from './key-file.ts';
import { bundledLocations, releaseFolder } from './locations.ts';
import { MemoryIdempotencyStore } from './memory-idempotency-store.ts';
import type { VoiceMetrics } from './metric-store/voice-metrics.ts';
import { errorResponse, type Refusal, RefusedRequest } from './openai-error.ts';
import { openApiDocument } from './openapi/document.ts';
import { refuseOrtTelemetry } from './ort-telemetry.ts';
import { createPageFiles } from './page-files.ts';
import { defaultThreadCount, PredictorPool, QUEUE_LIMIT_PER_THREAD } from './predictor-pool.ts';
import type { RateLimits } from './rate-limits.ts';
import { MOONSHINE_TINY_EN } from './release.ts';
import { requestTelemetry } from './request-telemetry.ts';
import { getMetricCatalogue, getMetricSeries, postDeviceMetrics } from './routes/device-metrics.ts';
import { createDocs, DOCS_PATH } from './routes/docs.ts';
import { getHealth, getReadiness } from './routes/health.ts';
import { getMetrics, METRICS_PATH, type MetricsAccess } from './routes/metrics.ts';
import { getModel, getModels } from './routes/models.ts';
import { getSearch } from './routes/search.ts';
import { getSession, type SessionRules } from './routes/session.ts';
import { postTranscription } from './routes/transcriptions.ts';
import { createStaticFiles } from './static-files.ts';
import type { ServerLog, ServerMetrics } from './telemetry.ts';
import { ClientGone } from './work-signal.ts';

/** A clip of 2 MB over a slow uplink arrives meanwhile. */
const REFUSAL_PATIENCE_MS: Ms = 10_000;

/** How the server answers. Everything has a default. */
export interface AppOptions {
  /** Bearer keys, any of which opens `/v1`. Without one the server answers to loopback host names only. */
  readonly keys?: readonly string[];
  /** Further keys, hashed in a file that is read again whenever it changes. */
  readonly keyFile?: KeyFile;
  /** Takes short-lived tokens that sites sign for their pages, too. */
  readonly tokens?: TokenVerifier;
  /** Calls to `/v1` that are answered in a minute; none by default. */
  readonly limits?: RateLimits;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Sites whose pages may call, as `https://host[:port]`. */
  readonly allowedOrigins?: readonly string[];
  /** Recognisers that run at a time, 1 or more; each takes one core and about 150 MB. */
  readonly threadCount?: number;
  /** Clips that may wait, 0 or more. Longer refuses fewer bursts; shorter bounds how long an accepted clip waits. */
  readonly queueLimit?: number;
  /** Remembers answers for repeats with the same `Idempotency-Key`; in memory by default, null: not at all. Closed with the app. */
  readonly idempotencyStore?: IdempotencyStore | null;
  /** What `GET /v1/session` tells pages to do with a text; level L4 by default. */
  readonly session?: SessionRules;
  /** Longest time that a request may take. */
  readonly deadlineMs?: Ms;
  /** Counts what the server does; nothing is counted by default. */
  readonly metrics?: ServerMetrics;
  /** Takes in and keeps the metrics that devices send; none by default. Closed with the app. */
  readonly voiceMetrics?: VoiceMetrics;
  /** Whom `GET /metrics` answers; this machine and holders of a key by default. */
  readonly metricsAccess?: MetricsAccess;
  /** Writes down what the server does; by default, faults of the server only, on the console. */
  readonly log?: ServerLog;
  /** Lets the log hold the callers' addresses; they are left out by default. */
  readonly logAddresses?: boolean;
  /** Holds one folder for each release, or the files of the one release; those of the clone or of the weights' package by default. */
  readonly modelsFolder?: string;
  /** The built page; null serves the API alone. */
  readonly appFolder?: string | null;
  /** The predict worker as a JavaScript module. */
  readonly workerUrl?: URL;
  /** The speech detector's WebAssembly module. */
  readonly kernelPath?: string;
}

/** The server's request handler with what it runs on. */
export interface OssicleApp {
  /**
   * Answers one request; never rejects. Mount it in any server that speaks `Request` and `Response`.
   *
   * @param peerAddress Address at the other end of the connection; without it no calls are counted for an address.
   */
  fetch(request: Request, peerAddress?: string): Promise<Response>;
  /** What is answered, but for the files of the page: methods and paths as Hono writes them. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Settles when the recognisers are loaded; rejects when they cannot be. */
  readonly ready: Promise<void>;
  /** Takes no more clips, finishes those it has, ends the threads. */
  drain(): Promise<void>;
  /** Drops the clips it has and ends the threads. */
  close(): Promise<void>;
}

/**
 * Makes the server's request handler and starts its recognisers.
 *
 * @throws RangeError for an option out of range.
 */
export function createApp(options: AppOptions = {}): OssicleApp {
  refuseOrtTelemetry();
  const { metrics, voiceMetrics, log } = options;
  const metricsAccess = options.metricsAccess ?? 'private';
  const isKeyed = (options.keys ?? []).length > 0 || options.keyFile !== undefined || options.tokens !== undefined;
  const gate = createGate({
    keys: options.keys ?? [],
    ...(options.keyFile === undefined ? {} : { keyFile: options.keyFile }),
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    allowedOrigins: options.allowedOrigins ?? [],
    limits: options.limits ?? { perKeyCount: 0, perAddressCount: 0 },
    trustedProxies: options.trustedProxies ?? [],
    metricsAccess,
  });
  const release = MOONSHINE_TINY_EN;
  const places = bundledLocations();
  const weightsFolder = releaseFolder(options.modelsFolder ?? places.modelsFolder, release.id);
  const threadCount = requireCount('threadCount', options.threadCount ?? defaultThreadCount(), 1);
  const nowMs = (): Ms => performance.now();
  const pool = new PredictorPool({
    workerUrl: options.workerUrl ?? places.workerUrl,
    settings: { releaseFolder: weightsFolder, kernelPath: options.kernelPath ?? places.kernelPath },
    threadCount,
    queueLimit: requireCount('queueLimit', options.queueLimit ?? QUEUE_LIMIT_PER_THREAD * threadCount, 0),
    nowMs,
    ...(metrics === undefined ? {} : { observer: metrics }),
  });
  metrics?.watch(pool);
  const intake = new BodyIntake();
  const transcriptions = {
    predictor: pool,
    intake,
    release,
    deadlineMs: requireCount('deadlineMs', options.deadlineMs ?? 60_000, 1),
    nowMs,
  };
  const store =
    options.idempotencyStore === undefined ? new MemoryIdempotencyStore({ nowMs }) : options.idempotencyStore;
  const repeats =
    store === null
      ? undefined
      : idempotent({
          store,
          intake,
          admit: (deadlineMs) => pool.requireRoom(deadlineMs),
          longestDeadlineMs: transcriptions.deadlineMs,
          nowMs,
          report: (message) => console.error(message),
        });
  const session = options.session ?? { automationLevel: 'L4', tau: 0 };
  const menu = createMenuSearch();
  const docs = createDocs();
  const modelFiles = createStaticFiles(weightsFolder);
  const modelPrefix = `/models/${release.id}`;
  const pageFolder = options.appFolder === undefined ? places.appFolder : options.appFolder;
  const pageFiles = pageFolder === null ? undefined : createPageFiles(pageFolder);

  const app = new Hono<AppEnv>();

  app.use('*', heardRefusals(REFUSAL_PATIENCE_MS));
  app.use(
    '*',
    requestTelemetry({
      ended: (facts) => {
        metrics?.requestEnded(facts);
        log?.requestEnded(facts);
      },
      withAddress: options.logAddresses ?? false,
      nowMs,
    }),
  );
  app.use('*', gate);
  if (repeats !== undefined) app.use('/v1/audio/transcriptions', repeats);
  app.post('/v1/audio/transcriptions', (c) => postTranscription(c.req.raw, transcriptions));
  app.get('/v1/models', () => getModels([release]));
  app.get('/v1/models/:id', (c) => getModel(c.req.param('id'), [release]));
  app.get('/v1/search', (c) => getSearch(new URL(c.req.url), menu, nowMs));
  app.get('/v1/session', (c) => getSession(c.req.header(SESSION_KEY_HEADER), release, session));
  app.get('/healthz', () => getHealth());
  app.get('/readyz', () => getReadiness(pool));
  app.get('/v1/metrics', (c) => getMetricCatalogue(voiceMetrics, c.get('caller')));
  app.post('/v1/metrics', (c) => postDeviceMetrics(c.req.raw, voiceMetrics));
  app.get('/v1/metrics/series', (c) => getMetricSeries(new URL(c.req.url), voiceMetrics, c.get('caller')));
  app.get(METRICS_PATH, () => getMetrics(metrics, voiceMetrics, metricsAccess));
  app.get('/openapi.json', (c) => c.json(openApiDocument(release, isKeyed)));
  app.get(DOCS_PATH, async (c) => (await docs.serve(c.req.path, c.req.raw)) ?? c.notFound());
  app.get(`${DOCS_PATH}/*`, async (c) => (await docs.serve(c.req.path, c.req.raw)) ?? c.notFound());
  for (const [path, method] of KNOWN_PATHS) app.all(path, (c) => methodNotAllowed(c.req.method, method));
  app.all('/v1/*', (c) => errorResponse(unknownRoute(c.req.path)));
  app.get(`${modelPrefix}/*`, async (c) => {
    return (await modelFiles.serve(c.req.path.slice(modelPrefix.length), c.req.raw)) ?? c.notFound();
  });
  app.get('*', async (c) => (await pageFiles?.serve(c.req.path, c.req.raw)) ?? c.notFound());
  app.notFound((c) => c.text('Not found.\n', 404));
  app.onError((error, c) => {
    if (error instanceof RefusedRequest) return errorResponse(error.refusal);
    if (error instanceof ClientGone) return errorResponse({ status: 408, message: error.message, code: 'client_gone' });
    if (log === undefined) console.error(error);
    else log.failed(c.get('requestId'), error);
    return errorResponse({ status: 500, message: 'The server failed on this request.', code: 'internal_error' });
  });

  return {
    fetch: async (request, peerAddress) => await app.fetch(request, { peerAddress }),
    routes: app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('/*'))
      .map(({ method, path }) => ({ method, path })),
    ready: pool.ready,
    drain: async () => {
      await pool.drain();
      await store?.close();
      voiceMetrics?.close();
    },
    close: async () => {
      await pool.close();
      await store?.close();
      voiceMetrics?.close();
    },
  };
}

const KNOWN_PATHS: readonly (readonly [path: string, allowed: 'GET' | 'POST' | 'GET, POST'])[] = [
  ['/v1/audio/transcriptions', 'POST'],
  ['/v1/metrics', 'GET, POST'],
  ['/v1/metrics/series', 'GET'],
  ['/v1/models', 'GET'],
  ['/v1/models/:id', 'GET'],
  ['/v1/search', 'GET'],
  ['/v1/session', 'GET'],
  ['/healthz', 'GET'],
  ['/readyz', 'GET'],
  ['/metrics', 'GET'],
  ['/openapi.json', 'GET'],
];

function methodNotAllowed(asked: string, allowed: string): Response {
  const response = errorResponse({
    status: 405,
    message: `${asked} is not answered here; use ${allowed.replace(', ', ' or ')}.`,
    code: 'method_not_allowed',
  });
  response.headers.set('Allow', allowed.replace('GET', 'GET, HEAD'));
  return response;
}

function unknownRoute(path: string): Refusal {
  return {
    status: 404,
    message: `There is no ${JSON.stringify(path.slice(0, 100))} here. Transcriptions are at POST /v1/audio/transcriptions.`,
    code: 'unknown_url',
  };
}

function requireCount(field: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`${field} must be a whole number, ${least} or more, got ${value}.`);
}
