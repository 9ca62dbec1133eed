import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OssicleServer } from '../e2e/server.ts';
import { INSTALL_OPTIONS, packPackage } from '../packed-package.ts';
import { runToSuccess } from '../run-command.ts';
import { freePort, type SiteServer, serveFolder, serveWithProgram } from './site-server.ts';

/** Where the sites' sources expect the server, as a person does who copies the tag of the README. */
const WRITTEN_ORIGIN = 'http://localhost:8790';

/** One of the sites under `sites/`. */
export interface SiteKind {
  /** Its folder's name. */
  readonly name: string;
  /** Folder of the files that any web space serves, or the program of the site's own that serves them. */
  readonly served: { readonly folder: string } | { readonly program: readonly string[] };
}

/** A site that installed the packed tarball, was built for production and is served, and the server that it speaks to. */
export interface BuiltSite {
  readonly origin: string;
  readonly speech: OssicleServer;
  close(): Promise<void>;
}

/** Installs, builds and serves a site in a folder of its own; everything comes from the package registry. */
export async function buildSite(kind: SiteKind): Promise<BuiltSite> {
  const folder = await mkdtemp(join(tmpdir(), `ossicle-${kind.name}-`));
  const port = await freePort();
  const speech = await new OssicleServer(['--allow-origin', `http://localhost:${port}`]).start();
  let server: SiteServer | undefined;
  const close = async (): Promise<void> => {
    await server?.stop();
    await speech.kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    await cp(join(import.meta.dirname, 'sites', kind.name), folder, { recursive: true });
    await nameServer(folder, speech.origin);
    const tarball = await packPackage(folder);
    await runToSuccess('npm', ['install', ...INSTALL_OPTIONS, tarball], folder);
    await runToSuccess('npm', ['run', 'build'], folder);
    server =
      'folder' in kind.served
        ? await serveFolder(join(folder, kind.served.folder), port)
        : await serveWithProgram(folder, [...kind.served.program, '--port', String(port)], port);
    return { origin: server.origin, speech, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Writes the server's address into the site's sources. */
async function nameServer(folder: string, origin: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/\.(html|tsx)$/.test(name)) continue;
    const path = join(folder, name);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(WRITTEN_ORIGIN, origin));
  }
}
