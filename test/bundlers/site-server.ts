import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { extname, join } from 'node:path';
import { plainEnvironment } from '../run-command.ts';

/** Serves a built site on `localhost`. */
export interface SiteServer {
  readonly origin: string;
  stop(): Promise<void>;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** A port that nobody listens at, for a server that must know its own before it starts. */
export async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Serves the files of a folder as any web space does, and 404 for everything else. */
export async function serveFolder(folder: string, port: number): Promise<SiteServer> {
  const server: Server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    try {
      const bytes = await readFile(path);
      response.writeHead(200, { 'content-type': MEDIA_TYPES[extname(path)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.\n');
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Runs a program of the site's own that serves it, and waits until it answers. */
export async function serveWithProgram(folder: string, program: readonly string[], port: number): Promise<SiteServer> {
  const child = spawn(process.execPath, [...program], {
    cwd: folder,
    env: { ...plainEnvironment(), NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      printed += part.toString();
    });
  }
  const origin = `http://localhost:${port}`;
  while (!(await answers(origin))) {
    if (child.exitCode !== null) throw new Error(`${program.join(' ')} ended with ${child.exitCode}:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { origin, stop: () => end(child) };
}

async function answers(origin: string): Promise<boolean> {
  try {
    return (await fetch(origin)).ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
