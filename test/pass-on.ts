import type { IncomingMessage, ServerResponse } from 'node:http';

/** Has another server answer a request, as a proxy before it does: the page finds it on its own origin. */
export async function passOn(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const abandoned = new AbortController();
  response.once('close', () => abandoned.abort());
  const type = request.headers['content-type'];
  const answer = await fetch(origin + request.url, {
    method: request.method ?? 'GET',
    headers: type === undefined ? {} : { 'content-type': type },
    ...(parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
    signal: abandoned.signal,
  });
  const answerType = answer.headers.get('content-type') ?? 'application/json';
  response.writeHead(answer.status, { 'content-type': answerType }).end(Buffer.from(await answer.arrayBuffer()));
}
