import { join } from 'node:path';
import { Hono } from 'hono';
import { createMenuSearch } from '../search/menu-search.ts';
import type { Ms } from '../units.ts';
import { accessPolicy, judgeAccess } from './access.ts';
import { bundledLocations } from './locations.ts';
import { errorResponse, RefusedRequest } from './openai-error.ts';
import { createPageFiles } from './page-files.ts';
import { defaultThreadCount, PredictorPool, QUEUE_LIMIT_PER_THREAD } from './predictor-pool.ts';
import { MOONSHINE_TINY_EN } from './release.ts';
import { addCorsHeaders, preflightResponse, SECURITY_HEADERS } from './response-headers.ts';
import { getHealth, getReadiness } from './routes/health.ts';
import { getModel, getModels } from './routes/models.ts';
import { getSearch } from './routes/search.ts';
import { postTranscription } from './routes/transcriptions.ts';
import { createStaticFiles } from './static-files.ts';
import { ClientGone } from './work-signal.ts';

/** How the server answers. Everything has a default. */
export interface AppOptions {
  /** Bearer keys, any of which opens `/v1`. Without one the server answers to loopback host names only. */
  readonly keys?: readonly string[];
  /** Sites whose pages may call, as `https://host[:port]`. */
  readonly allowedOrigins?: readonly string[];
  /** Recognisers that run at a time, 1 or more; each takes one core and about 150 MB. */
  readonly threadCount?: number;
  /** Clips that may wait, 0 or more. Longer refuses fewer bursts; shorter bounds how long an accepted clip waits. */
  readonly queueLimit?: number;
  /** Longest time that a request may take. */
  readonly deadlineMs?: Ms;
  /** Holds one folder for each release. */
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
  /** Answers one request; never rejects. Mount it in any server that speaks `Request` and `Response`. */
  fetch(request: Request): Promise<Response>;
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
  const policy = accessPolicy({ keys: options.keys ?? [], allowedOrigins: options.allowedOrigins ?? [] });
  const release = MOONSHINE_TINY_EN;
  const places = bundledLocations();
  const modelsFolder = options.modelsFolder ?? places.modelsFolder;
  const threadCount = requireCount('threadCount', options.threadCount ?? defaultThreadCount(), 1);
  const nowMs = (): Ms => performance.now();
  const pool = new PredictorPool({
    workerUrl: options.workerUrl ?? places.workerUrl,
    settings: {
      releaseFolder: join(modelsFolder, release.id),
      kernelPath: options.kernelPath ?? places.kernelPath,
    },
    threadCount,
    queueLimit: requireCount('queueLimit', options.queueLimit ?? QUEUE_LIMIT_PER_THREAD * threadCount, 0),
    nowMs,
  });
  const transcriptions = {
    predictor: pool,
    release,
    deadlineMs: requireCount('deadlineMs', options.deadlineMs ?? 60_000, 1),
  };
  const menu = createMenuSearch();
  const modelFiles = createStaticFiles(join(modelsFolder, release.id));
  const modelPrefix = `/models/${release.id}`;
  const pageFolder = options.appFolder === undefined ? places.appFolder : options.appFolder;
  const pageFiles = pageFolder === null ? undefined : createPageFiles(pageFolder);

  const app = new Hono();

  app.use('*', async (c, next) => {
    const request = c.req.raw;
    const verdict = judgeAccess(
      {
        host: c.req.header('host') ?? new URL(request.url).host,
        origin: c.req.header('origin'),
        authorization: c.req.header('authorization'),
        needsKey: c.req.path.startsWith('/v1/') && request.method !== 'OPTIONS',
      },
      policy,
    );
    const { corsOrigin } = verdict;
    if (verdict.status === 'refused') {
      c.res = errorResponse(verdict.refusal);
    } else if (corsOrigin !== undefined && request.method === 'OPTIONS') {
      c.res = preflightResponse(c.req.header('access-control-request-private-network') === 'true');
    } else {
      await next();
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
    if (corsOrigin !== undefined) addCorsHeaders(c.res.headers, corsOrigin);
  });

  app.post('/v1/audio/transcriptions', (c) => postTranscription(c.req.raw, transcriptions));
  app.get('/v1/models', () => getModels([release]));
  app.get('/v1/models/:id', (c) => getModel(c.req.param('id'), [release]));
  app.get('/v1/search', (c) => getSearch(new URL(c.req.url), menu, nowMs));
  app.get('/healthz', () => getHealth());
  app.get('/readyz', () => getReadiness(pool));
  for (const [path, method] of KNOWN_PATHS) app.all(path, (c) => methodNotAllowed(c.req.method, method));
  app.all('/v1/*', (c) => errorResponse(unknownRoute(c.req.path)));
  app.get(`${modelPrefix}/*`, async (c) => {
    return (await modelFiles.serve(c.req.path.slice(modelPrefix.length), c.req.raw)) ?? c.notFound();
  });
  app.get('*', async (c) => (await pageFiles?.serve(c.req.path, c.req.raw)) ?? c.notFound());
  app.notFound((c) => c.text('Not found.\n', 404));
  app.onError((error) => {
    if (error instanceof RefusedRequest) return errorResponse(error.refusal);
    if (error instanceof ClientGone) return errorResponse({ status: 408, message: error.message, code: 'client_gone' });
    console.error(error);
    return errorResponse({ status: 500, message: 'The server failed on this request.', code: 'internal_error' });
  });

  return {
    fetch: async (request) => await app.fetch(request),
    ready: pool.ready,
    drain: () => pool.drain(),
    close: () => pool.close(),
  };
}

const KNOWN_PATHS: readonly (readonly [path: string, method: string])[] = [
  ['/v1/audio/transcriptions', 'POST'],
  ['/v1/models', 'GET'],
  ['/v1/models/:id', 'GET'],
  ['/v1/search', 'GET'],
  ['/healthz', 'GET'],
  ['/readyz', 'GET'],
];

function methodNotAllowed(asked: string, allowed: string): Response {
  const response = errorResponse({
    status: 405,
    message: `${asked} is not answered here; use ${allowed}.`,
    code: 'method_not_allowed',
  });
  response.headers.set('Allow', allowed === 'GET' ? 'GET, HEAD' : allowed);
  return response;
}

function unknownRoute(path: string): { status: 404; message: string; code: string } {
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
