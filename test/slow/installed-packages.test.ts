import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fixtureFile, postForm, transcriptionForm } from '../local-server.ts';
import { emptyProject, INSTALL_OPTIONS, packPackage, WEIGHTS_FOLDER } from '../packed-package.ts';
import { runCommand, runToSuccess } from '../run-command.ts';
import { startServerProcess } from '../server-process.ts';

const SPOKEN = /ask what you can do for your country/i;

/** A server of somebody's own, with the transcriptions among its routes. */
const OWN_SERVER = `import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createApp } from 'ossicle/server';

const speech = createApp({ appFolder: null, threadCount: 1 });
const site = new Hono();
site.get('/', (c) => c.text('shop'));
site.all('/v1/*', (c) => speech.fetch(c.req.raw, c.env.incoming.socket.remoteAddress));
await speech.ready;
serve({ fetch: site.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(port));
`;

let folder: string;
let program: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-server-'));
  program = join(folder, 'node_modules/ossicle/dist/node/ossicle.js');
  const tarball = await packPackage(folder);
  await emptyProject(folder);
  await runToSuccess('npm', ['install', ...INSTALL_OPTIONS, tarball], folder);
  const { stderr } = await runCommand(process.execPath, [program, 'serve', '--port', '0'], folder);
  const [, line = ''] = /Run: npm (install .+)$/m.exec(stderr) ?? [];
  await runToSuccess('npm', [...line.split(' '), ...INSTALL_OPTIONS], folder);
}, 300_000);
afterEach(async () => {
  const child = running;
  running = undefined;
  if (child === undefined || child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function transcribe(origin: string): Promise<string> {
  const answer = await postForm(origin, transcriptionForm(await fixtureFile('jfk.flac')));
  const { text }: { readonly text: string } = await answer.json();
  return text;
}

describe('the packed package with what its own message says to install', () => {
  it('says where weights come from when there are none', async () => {
    const { exitCode, stderr } = await runCommand(process.execPath, [program, 'serve', '--port', '0'], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/npm install @ossicle\/moonshine-tiny-en; or name their folder with --models\.\n$/);
  });

  it('takes weights from a folder that it is told', async () => {
    const server = await startServerProcess(['--models', WEIGHTS_FOLDER], {}, program);
    running = server.child;
    expect(await transcribe(server.origin)).toMatch(SPOKEN);
  });

  describe("and the weights' package", () => {
    beforeAll(async () => {
      const weights = await packPackage(folder, WEIGHTS_FOLDER);
      expect((await stat(weights)).size).toBeGreaterThan(20_000_000);
      await runToSuccess('npm', ['install', '--ignore-scripts', ...INSTALL_OPTIONS, weights], folder);
    }, 300_000);

    it('serves transcriptions, and the weights for devices, without being told where they are', async () => {
      const server = await startServerProcess([], {}, program);
      running = server.child;
      expect(await transcribe(server.origin)).toMatch(SPOKEN);
      const served = await fetch(`${server.origin}/models/moonshine-tiny-en/tokenizer.bin`);
      expect(Buffer.from(await served.arrayBuffer())).toEqual(await readFile(join(WEIGHTS_FOLDER, 'tokenizer.bin')));
    });

    it("answers within a server of one's own", async () => {
      await writeFile(join(folder, 'own-server.js'), OWN_SERVER);
      const child = spawn(process.execPath, ['own-server.js'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      running = child;
      const [port] = await once(createInterface(child.stdout), 'line');
      const origin = `http://127.0.0.1:${port}`;
      expect(await (await fetch(origin)).text()).toBe('shop');
      expect(await transcribe(origin)).toMatch(SPOKEN);
    });
  });
});
