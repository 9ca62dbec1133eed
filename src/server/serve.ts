import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type Http2Bindings, type HttpBindings, type ServerType } from '@hono/node-server';
import type { Ms } from '../units.ts';
import { type AppOptions, createApp, type OssicleApp } from './app.ts';
import type { Certificate } from './https-certificate.ts';

/** Where and how to listen. */
export interface ServeOptions extends AppOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Address or name to bind. */
  readonly host: string;
  /** Serves HTTPS with it; plain HTTP without. */
  readonly certificate?: Certificate;
}

/** A server that listens. */
export interface RunningServer {
  readonly port: number;
  /** Settles when the recognisers are loaded; rejects when they cannot be. */
  readonly ready: Promise<void>;
  /**
   * Stops accepting, finishes what runs, then ends; what is not done within `patienceMs` is cut off.
   *
   * Idempotent: later calls join the first.
   */
  stop(patienceMs?: Ms): Promise<void>;
}

/** A container is killed 10 s after it was asked to stop; this leaves time for the threads to end. */
const STOP_PATIENCE_MS: Ms = 5_000;
/** For the last answers, which say that the server stopped, to leave. */
const LAST_WORDS_MS: Ms = 300;
/** From a request's first byte to its last, before the connection is given up. */
const REQUEST_TIMEOUT_MS: Ms = 60_000;
const IDLE_SWEEP_MS: Ms = 50;

/**
 * Starts the server.
 *
 * @throws The system's error, with its `code`, when the address cannot be bound (`EADDRINUSE`, `EACCES`);
 *   RangeError for an option out of range.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const app = createApp(options);
  const server = makeServer(app, options.certificate);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    await app.close();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    ready: app.ready,
    stop: (patienceMs = STOP_PATIENCE_MS) => {
      stopping ??= stopServer(server, app, patienceMs);
      return stopping;
    },
  };
}

function makeServer(app: OssicleApp, certificate: Certificate | undefined): ServerType {
  const serverOptions = { requestTimeout: REQUEST_TIMEOUT_MS };
  const fetch = (request: Request, { incoming }: HttpBindings | Http2Bindings): Promise<Response> =>
    app.fetch(request, incoming.socket.remoteAddress);
  // The global Request and Response belong to the program, not to a library in it.
  if (certificate === undefined) return createAdaptorServer({ fetch, serverOptions, overrideGlobalObjects: false });
  return createAdaptorServer({
    fetch,
    overrideGlobalObjects: false,
    createServer: createHttpsServer,
    serverOptions: { ...serverOptions, cert: certificate.cert, key: certificate.key },
  });
}

async function stopServer(server: ServerType, app: OssicleApp, patienceMs: Ms): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if (!('closeIdleConnections' in server)) throw new Error('HTTP/2 servers are not made here.');
  server.closeIdleConnections();
  // A connection that a client keeps alive turns idle only after its last answer.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  let hangUp: NodeJS.Timeout | undefined;
  const cutOff = setTimeout(() => {
    void app.close();
    hangUp = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS);
  }, patienceMs);
  await Promise.all([closed, app.drain()]);
  clearInterval(sweep);
  clearTimeout(cutOff);
  clearTimeout(hangUp);
}
