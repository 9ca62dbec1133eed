import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './voice-test.ts';

/** The real server, but for transcriptions, which are held open for the test to write. */
class HeldServer {
  readonly #server: Server;
  readonly #held: ServerResponse[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(origin: string) {
    this.#server = createServer(async (request, response) => {
      if (request.method === 'POST' && request.url === '/v1/audio/transcriptions') {
        request.resume();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        this.#held.push(response);
        for (const watcher of this.#watchers) watcher();
        return;
      }
      const answer = await fetch(origin + request.url);
      const headers = Object.fromEntries(
        [...answer.headers].filter(([name]) => !/^(content-encoding|content-length|transfer-encoding)$/.test(name)),
      );
      response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
    });
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, 'localhost', resolve));
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves with a request that is still wanted. */
  async wanted(): Promise<ServerResponse> {
    for (;;) {
      const open = this.#held.findLast((response) => !response.destroyed);
      if (open !== undefined) return open;
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.#watchers.delete(watcher);
          resolve();
        };
        this.#watchers.add(watcher);
      });
    }
  }
}

function event(fields: object): string {
  return `data: ${JSON.stringify(fields)}\n\n`;
}

test('shows text that is still coming in as such, then the text that stands', async ({ openPageHearing, server }) => {
  const held = await new HeldServer(server.origin).listen();
  try {
    const voice = await openPageHearing({ clip: '8b705c12.flac' }, { origin: held.origin });
    await voice.press();
    // The query is over, so that no segment can be withdrawn any more.
    await expect(voice.status).toHaveText('Transcribing…', { timeout: 20_000 });
    const response = await held.wanted();
    response.write(event({ type: 'transcript.text.delta', delta: 'A small' }));
    await expect(voice.transcript).toHaveText('A small');
    await expect(voice.transcript).toHaveAttribute('aria-busy', 'true');
    await expect(voice.field).toHaveValue('');
    response.write(event({ type: 'transcript.text.delta', delta: ' latte' }));
    await expect(voice.transcript).toHaveText('A small latte');
    response.end(event({ type: 'transcript.text.done', text: 'A small latte.' }));
    await expect(voice.field).toHaveValue('A small latte.');
    await expect(voice.transcript).toHaveText('A small latte.');
    await expect(voice.transcript).toHaveAttribute('aria-busy', 'false');
    expect(voice.troubles).toEqual([]);
  } finally {
    await held.close();
  }
});

test('takes back text that came in before its request failed', async ({ openPageHearing, server }) => {
  const held = await new HeldServer(server.origin).listen();
  try {
    const voice = await openPageHearing({ clip: '8b705c12.flac' }, { origin: held.origin });
    await voice.press();
    await expect(voice.status).toHaveText('Transcribing…', { timeout: 20_000 });
    const response = await held.wanted();
    response.write(event({ type: 'transcript.text.delta', delta: 'A small' }));
    await expect(voice.transcript).toHaveText('A small');
    response.end(event({ type: 'error', error: { message: 'Refused.', code: 400 } }));
    await expect(voice.transcript).toBeHidden();
    await expect(voice.field).toHaveValue('');
  } finally {
    await held.close();
  }
});
