import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { longSpeech, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

const COMMAND = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function startCommand(): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--threads', '1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  for await (const line of createInterface(child.stdout)) {
    const origin = /^Ossicle is at (http:\/\/localhost:\d+)\/$/.exec(line)?.[1];
    if (origin !== undefined) return { child, origin };
  }
  throw new Error('ended before it was ready');
}

/** Server-sent events one by one, parsed. */
async function* eventsOf(response: Response): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of response.body ?? []) {
    rest += decoder.decode(part, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) yield JSON.parse(event.replace(/^data: /, '')) as Record<string, unknown>;
  }
}

describe('a server that is asked to stop in the middle of a stream', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('finishes it and ends with 0 on %s', async (signal) => {
    const { child, origin } = await startCommand();
    const ended = once(child, 'exit');
    const form = transcriptionForm(new Blob([await longSpeech(15)]), { stream: 'true' });
    const types: unknown[] = [];
    for await (const event of eventsOf(await postForm(origin, form))) {
      if (types.length === 0) child.kill(signal);
      types.push(event['type']);
    }
    expect(types[0]).toBe('transcript.text.delta');
    expect(types.at(-1)).toBe('transcript.text.done');
    expect(await ended).toEqual([0, null]);
  });

  it('says so in the stream when its patience ends first', async () => {
    const server = await startLocalServer();
    const form = transcriptionForm(new Blob([await longSpeech(55)]), { stream: 'true' });
    const events: Record<string, unknown>[] = [];
    let stopped: Promise<void> | undefined;
    for await (const event of eventsOf(await postForm(server.origin, form))) {
      stopped ??= server.stop(0);
      events.push(event);
    }
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'stopping', type: 'server_error' } });
    await stopped;
  });
});
