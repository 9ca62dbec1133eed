import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../src/server/https-certificate.ts';

const COMMAND = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ossicle-home-'));
});
afterAll(() => rm(home, { recursive: true }));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  /** Settles with the first match in the standard output; rejects when the command ends without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;
}

function runServe(...args: string[]): Run {
  const child = spawn(process.execPath, [COMMAND, 'serve', ...args], { env: { ...process.env, HOME: home } });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => {
    output.stdout += part;
  });
  child.stderr.on('data', (part) => {
    output.stderr += part;
  });
  const ended = new Promise<Awaited<Run['ended']>>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, ...output }));
  });
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(output.stdout);
        if (match !== null) resolve(match);
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`ended without ${pattern}: ${output.stdout}${output.stderr}`)));
      look();
    });
  return { child, printed, ended };
}

describe('ossicle serve', () => {
  it('prints its address once it takes clips, and ends with 0 when it is asked to stop', async () => {
    const run = runServe('--port', '0', '--threads', '1');
    const [, address] = await run.printed(/^Ossicle is at (http:\/\/localhost:\d+\/)$/m);
    expect(await (await fetch(`${address}readyz`)).json()).toMatchObject({ status: 'ready' });
    run.child.kill('SIGTERM');
    expect((await run.ended).exitCode).toBe(0);
  });

  it('serves phones over HTTPS with a key in the address', async () => {
    const run = runServe('--port', '0', '--threads', '1', '--https');
    const [, port, key] = await run.printed(/^Ossicle is at https:\/\/[^/]+:(\d+)\/#key=([\w-]{20,})$/m);
    const ca = await readFile(join(home, '.cache/ossicle/certificate.pem'), 'utf8');
    const status = (authorization: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { host: 'localhost', port, path: '/v1/models', ca, headers: { authorization } };
        httpsRequest(options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(await status(`Bearer ${key}`)).toBe(200);
    expect(await status('Bearer guess')).toBe(401);
    run.child.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('self-signed');
    expect(stdout).toMatch(/[█▀▄]{10}/);
  });

  it('says which port is taken and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { exitCode, stderr } = await runServe('--port', String(port)).ended;
    await new Promise((resolve) => other.close(resolve));
    expect(stderr).toMatch(new RegExp(`^ossicle: Port ${port} on 127\\.0\\.0\\.1 is taken\\..*--port \\d+\\.\\n$`));
    expect(exitCode).toBe(2);
  });

  it.each([
    ['opening to a network without a key', ['--host', '0.0.0.0'], /--key KEY, or --https/],
    ['a port that is none', ['--port', 'http'], /--port/],
    ['a certificate without HTTPS', ['--cert', 'a.pem', '--key-file', 'b.pem'], /need --https/],
    ['a certificate without its key', ['--https', '--cert', 'a.pem'], /go together/],
    ['a certificate that is not there', ['--https', '--cert', 'no.pem', '--key-file', 'no.pem'], /no\.pem: cannot be/],
    ['an origin that is none', ['--port', '0', '--allow-origin', 'everybody'], /https:\/\/example\.com/],
    ['an unknown option', ['--prot', '1'], /unknown option/],
  ])('refuses %s in one line', async (_name, args, message) => {
    const { exitCode, stdout, stderr } = await runServe(...args).ended;
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('says which weights are missing', async () => {
    const { exitCode, stderr } = await runServe('--port', '0', '--models', home).ended;
    expect(stderr).toMatch(/^ossicle: .*moonshine-tiny-en.* cannot be read\. .*--models\.\n$/);
    expect(exitCode).toBe(1);
  });
});

describe('self-signed certificate', () => {
  const now = new Date('2030-05-01T12:00:00Z');

  it('stands for localhost and the given addresses, in a form that browsers accept', async () => {
    const folder = join(home, 'fresh');
    const { cert } = await selfSignedCertificate(folder, ['192.168.1.5'], now);
    const facts = new X509Certificate(cert);
    expect(facts.checkHost('localhost')).toBe('localhost');
    expect(facts.checkIP('192.168.1.5')).toBe('192.168.1.5');
    expect(new Date(facts.validFrom) <= now).toBe(true);
    // CA/Browser Forum ballot SC31: at most 398 days.
    expect(new Date(facts.validTo).getTime() - new Date(facts.validFrom).getTime()).toBeLessThanOrEqual(
      398 * 86_400_000,
    );
    expect((await stat(join(folder, 'certificate-key.pem'))).mode & 0o077).toBe(0);
  });

  it('is kept for the next start, until it expires or an address is new', async () => {
    const folder = join(home, 'kept');
    const first = await selfSignedCertificate(folder, ['192.168.1.5'], now);
    expect(await selfSignedCertificate(folder, ['192.168.1.5'], now)).toEqual(first);
    const moved = await selfSignedCertificate(folder, ['192.168.1.5', '10.0.0.2'], now);
    expect(moved.cert).not.toBe(first.cert);
    const later = new Date(now.getTime() + 396.5 * 86_400_000);
    expect((await selfSignedCertificate(folder, ['10.0.0.2'], later)).cert).not.toBe(moved.cert);
  });

  it('replaces a damaged file', async () => {
    const folder = join(home, 'damaged');
    await selfSignedCertificate(folder, [], now);
    await writeFile(join(folder, 'certificate.pem'), 'nonsense');
    const { cert } = await selfSignedCertificate(folder, [], now);
    expect(new X509Certificate(cert).checkHost('localhost')).toBe('localhost');
  });
});
