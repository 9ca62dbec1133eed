import { Agent, request } from 'node:http';
import type { Ms, Seconds } from '../../../src/units.ts';

/** A transcription request that is ready to be sent, any number of times. */
export interface Upload {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Audio in it; 0 for what is no audio. */
  readonly audioSeconds: Seconds;
}

/** How a request ended. */
export interface Outcome {
  /** 0 when the connection broke before an answer came. */
  readonly status: number;
  readonly hasRetryAfter: boolean;
  readonly audioSeconds: Seconds;
  /** From when it was to be sent until its answer was complete. */
  readonly latencyMs: Ms;
}

const BOUNDARY = 'ossicle-load';

/** A form with a file, written once: a client that writes it anew each time would be measured, too. */
export function uploadOf(
  file: Uint8Array,
  audioSeconds: Seconds,
  options: { readonly fields?: Readonly<Record<string, string>>; readonly headers?: Readonly<Record<string, string>> },
): Upload {
  const fields = Object.entries(options.fields ?? {}).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="clip"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(fields.join('') + head), file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, ...options.headers };
  return { headers, body, audioSeconds };
}

/** Posts transcription requests to a server on this machine over connections that are kept alive. */
export class Poster {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, noDelay: true });

  /** @throws RangeError for a server elsewhere: load goes to this machine only. */
  constructor(origin: string) {
    this.#url = new URL('/v1/audio/transcriptions', origin);
    if (!['localhost', '127.0.0.1'].includes(this.#url.hostname)) throw new RangeError(`${origin} is another machine.`);
    this.#url.hostname = '127.0.0.1';
  }

  /**
   * Sends a request; never rejects.
   *
   * @param dueAtMs When it was to be sent, on the clock of `performance.now()`: what it is late counts as latency.
   * @param signal Hangs up.
   */
  post(upload: Upload, dueAtMs: Ms, signal?: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (status: number, hasRetryAfter: boolean): void => {
        const latencyMs = performance.now() - dueAtMs;
        resolve({ status, hasRetryAfter, audioSeconds: upload.audioSeconds, latencyMs });
      };
      const headers = { ...upload.headers, 'Content-Length': upload.body.length };
      const sent = request(this.#url, {
        method: 'POST',
        agent: this.#agent,
        headers,
        ...(signal === undefined ? {} : { signal }),
      });
      sent.on('response', (response) => {
        response.on('error', () => end(0, false));
        response.on('end', () => end(response.statusCode ?? 0, response.headers['retry-after'] !== undefined));
        response.resume();
      });
      sent.on('error', () => end(0, false));
      sent.end(upload.body);
    });
  }

  /** Closes all connections; the next request opens one anew. */
  close(): void {
    this.#agent.destroy();
  }
}
