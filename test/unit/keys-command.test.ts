import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyFile } from '../../src/server/key-file.ts';
import { type LocalServer, startLocalServer } from '../local-server.ts';
import { type CommandEnd, runCommand } from '../run-command.ts';

const COMMAND = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async (context) => {
  path = join(folder, context.task.id, 'keys.json');
});

function keys(...args: string[]): Promise<CommandEnd> {
  return runCommand(process.execPath, [COMMAND, 'keys', ...args, '--keys', path], folder);
}

describe('ossicle keys', () => {
  it('makes a key, shows it once and keeps its hash for the owner alone', async () => {
    const { exitCode, stdout, stderr } = await keys('add', 'shop');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ossicle_[\w-]{43}\n$/);
    expect(stderr).toMatch(/not shown again/);
    const key = stdout.trim();
    const content = await readFile(path, 'utf8');
    expect(content).not.toContain(key.slice('ossicle_'.length));
    expect(content).toContain(createHash('sha256').update(key).digest('hex'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const list = await keys('list');
    expect(list.stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}shop\n$/);
    expect(list.stdout + list.stderr).not.toContain(key);
    expect(JSON.parse((await keys('list', '--json')).stdout)).toEqual([
      { name: 'shop', createdAt: expect.any(String) },
    ]);
  });

  it('keeps one key a name, and forgets a revoked one', async () => {
    await keys('add', 'shop');
    await keys('add', 'kiosk');
    const again = await keys('add', 'shop');
    expect(again).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/"shop" has a key already/) });
    expect((await keys('revoke', 'shop')).exitCode).toBe(0);
    expect((await keys('list')).stdout).toMatch(/^\S+ {2}kiosk\n$/);
    expect(await keys('revoke', 'shop')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/no key of "shop"/),
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('loses no key when several are added at once', async () => {
    await keys('add', 'first');
    const names = Array.from({ length: 5 }, (_, i) => `name ${i}`);
    const ends = await Promise.all(names.map((name) => keys('add', name)));
    const added = names.filter((_, i) => ends[i]?.exitCode === 0);
    for (const { exitCode, stderr } of ends) {
      if (exitCode !== 0) expect(stderr).toMatch(/another command is changing it/);
    }
    const rows = JSON.parse((await keys('list', '--json')).stdout) as { readonly name: string }[];
    expect(rows.map(({ name }) => name).sort()).toEqual(['first', ...added].sort());
    expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
  });

  it('signs a token as RFC 7515 has it', async () => {
    const secret = 'a secret of at least thirty-two bytes, shared';
    const args = ['--secret', secret, '--origin', 'https://shop.example/', '--minutes', '5'];
    const { stdout } = await runCommand(process.execPath, [COMMAND, 'keys', 'token', ...args], folder);
    const [head = '', content = '', signature] = stdout.trim().split('.');
    expect(createHmac('sha256', secret).update(`${head}.${content}`).digest('base64url')).toBe(signature);
    const claims = JSON.parse(Buffer.from(content, 'base64url').toString()) as { iat: number; exp: number };
    expect(claims).toMatchObject({ aud: 'ossicle', origin: 'https://shop.example' });
    expect(claims.exp - claims.iat).toBe(300);
  });

  it.each([
    ['a name that is none', ['add', ' '], /1 to 80 characters/],
    ['a list that is not there', ['list'], /cannot be read \(ENOENT\)/],
    ['to revoke where there are no keys', ['revoke', 'shop'], /ENOENT/],
    ['a command that is none', ['change'], /unknown command/],
    ['a token without a key to sign with', ['token'], /--private-key/],
    ['a token that lives too long', ['token', '--secret', 'x'.repeat(32), '--minutes', '61'], /1 to 3600 s/],
  ])('refuses %s in one line', async (_name, args, message) => {
    const isToken = args[0] === 'token';
    const end = await (isToken ? runCommand(process.execPath, [COMMAND, 'keys', ...args], folder) : keys(...args));
    expect(end).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('touches no file that holds something else', async () => {
    await keys('add', 'shop');
    await writeFile(path, 'my novel');
    expect(await keys('add', 'kiosk')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/not JSON/) });
    expect(await readFile(path, 'utf8')).toBe('my novel');
    expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
  });
});

describe('a running server', () => {
  it('takes new keys and refuses revoked ones from the next request on', async () => {
    const first = (await keys('add', 'first')).stdout.trim();
    const server: LocalServer = await startLocalServer({ keyFile: new KeyFile(path) });
    const answer = async (key: string): Promise<Response> =>
      await fetch(`${server.origin}/v1/models`, { headers: { Authorization: `Bearer ${key}` } });
    try {
      expect((await answer(first)).status).toBe(200);
      expect((await answer(`${first}x`)).status).toBe(401);
      const second = (await keys('add', 'second')).stdout.trim();
      expect((await answer(second)).status).toBe(200);
      await keys('revoke', 'first');
      expect((await answer(first)).status).toBe(401);
      expect((await answer(second)).status).toBe(200);
      await writeFile(path, 'damaged');
      const unknown = await answer(second);
      expect(unknown.status).toBe(503);
      expect(await unknown.json()).toMatchObject({ error: { code: 'keys_unavailable' } });
    } finally {
      await server.stop();
    }
  });
});
