import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainEnvironment, runToSuccess } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');

let folder: string;
let server: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-clone-'));
  await runToSuccess('git', ['clone', '--quiet', root, folder], root);
});
afterEach(async () => {
  // npm, its shell and the server are one process group.
  if (server?.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Settles with the address that `npm start` prints. */
function npmStart(): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['start', '--', '--port', '0'], {
      cwd: folder,
      env: plainEnvironment(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = child;
    let printed = '';
    const hear = (text: Buffer): void => {
      printed += text.toString();
      const address = /^Ossicle is at (\S+)$/m.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', (exitCode) => reject(new Error(`npm start ended with ${exitCode}:\n${printed}`)));
  });
}

describe('a fresh clone', () => {
  it('serves the page and turns speech into text after npm ci and npm start', async () => {
    await runToSuccess('npm', ['ci'], folder);
    const address = await npmStart();
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<search>');
    const body = new FormData();
    body.set('file', new File([await readFile(join(folder, 'test/fixtures/audio/jfk.flac'))], 'jfk.flac'));
    body.set('model', 'moonshine-tiny-en');
    const answer = await fetch(new URL('v1/audio/transcriptions', address), { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ text: expect.stringMatching(/ask what you can do for your country/i) });
  });

  it('installs without the development packages', async () => {
    await runToSuccess('npm', ['ci', '--omit=dev'], folder);
    expect(existsSync(join(folder, 'node_modules/comlink'))).toBe(true);
    expect(existsSync(join(folder, 'node_modules/vite'))).toBe(false);
  });
});
