import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWavPcm16 } from '../../src/dsp/wav.ts';
import { fixtureFile, postForm, transcriptionForm } from '../local-server.ts';
import { plainEnvironment, runToSuccess } from '../run-command.ts';
import { recording } from '../transcribed-clips.ts';

const COMMAND = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));
const WINDOW_BYTES = 48;

/** What must be found nowhere: each in every form in which it could be written. */
class Secrets {
  readonly #needles = new Map<string, Buffer[]>();

  addText(name: string, text: string): void {
    const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
    this.#needles.set(name, [
      ...forms.map((form) => Buffer.from(form)),
      Buffer.from(text, 'utf16le'),
      // Base64 at each of the three offsets, without what depends on the neighbours.
      ...[0, 1, 2].map((offset) => Buffer.from(base64Core(Buffer.from(text), offset))),
    ]);
  }

  addBytes(name: string, bytes: Buffer): void {
    const cores = [0, 1, 2].map((offset) => Buffer.from(base64Core(bytes, offset)));
    this.#needles.set(name, [bytes, Buffer.from(bytes.toString('hex')), ...cores]);
  }

  foundIn(content: Buffer): string[] {
    return [...this.#needles].flatMap(([name, forms]) => (forms.some((form) => content.includes(form)) ? [name] : []));
  }
}

function base64Core(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  return encoded.slice(4, -4);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Files that a process holds open for writing; none where the system does not tell. */
function filesOpenForWriting(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((fd) => {
    try {
      const isWritable =
        (Number.parseInt(/^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0', 8) &
          3) !==
        0;
      const target = readlinkSync(join(folder, fd));
      return isWritable && target.startsWith('/') && statSync(target).isFile() ? [target] : [];
    } catch {
      // Closed in between.
      return [];
    }
  });
}

describe('after a session of requests', () => {
  /** As on a machine of users: nothing that libraries take for a sign to behave. */
  const ordinaryEnvironment = (): NodeJS.ProcessEnv => {
    const { CI: _, ORT_DISABLE_TELEMETRY: __, ...environment } = plainEnvironment();
    return { ...environment, HOME: join(folder, 'home'), TMPDIR: join(folder, 'temp') };
  };
  const secrets = new Secrets();
  let folder: string;
  let output: Buffer;
  let openFiles: string[];
  let server: ChildProcess | undefined;
  const statuses: number[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ossicle-kept-'));
    for (const name of ['home', 'temp', 'data']) await mkdir(join(folder, name));
    const keys = join(folder, 'data/keys.json');
    const key = (await runToSuccess(process.execPath, [COMMAND, 'keys', 'add', 'shop', '--keys', keys], folder)).trim();
    const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--threads', '1', '--keys', keys], {
      cwd: join(folder, 'data'),
      env: ordinaryEnvironment(),
    });
    server = child;
    const parts: Buffer[] = [];
    const origin = await new Promise<string>((resolve, reject) => {
      const hear = (part: Buffer): void => {
        parts.push(part);
        const address = /^Ossicle is at (http:\S+)\/$/m.exec(Buffer.concat(parts).toString())?.[1];
        if (address !== undefined) resolve(address);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('close', () => reject(new Error(Buffer.concat(parts).toString())));
    });

    const samples = Int16Array.from(await recording('brooklyn_bridge_padded.flac'), (x) => x * 32_767);
    const wav = encodeWavPcm16(samples, 16_000);
    for (const share of [0.3, 0.5, 0.7]) {
      const from = 44 + 2 * Math.floor(samples.length * share);
      secrets.addBytes(`audio at ${share}`, Buffer.from(wav.slice(from, from + WINDOW_BYTES)));
    }
    secrets.addText('key', key);
    const authorization = { Authorization: `Bearer ${key}` };
    const secret = (name: string): string => {
      const text = `${name.replaceAll(' ', '-')}-${randomBytes(9).toString('hex')}`;
      secrets.addText(name, text);
      return text;
    };
    const transcribe = async (
      file: File | Blob,
      fields: Record<string, string>,
      headers: Record<string, string> = {},
    ) => {
      const init = { headers: { ...authorization, ...headers } };
      const answer = await postForm(origin, transcriptionForm(file, fields), init);
      statuses.push(answer.status);
      return await answer.text();
    };
    const idempotencyKey = randomUUID();
    secrets.addText('idempotency key', idempotencyKey);
    const clip = new File([wav], `${secret('file name')}.wav`);
    const answer = await transcribe(clip, { prompt: secret('prompt') }, { 'Idempotency-Key': idempotencyKey });
    await transcribe(clip, { prompt: 'x' }, { 'Idempotency-Key': idempotencyKey });
    const { text } = JSON.parse(answer) as { readonly text: string };
    for (const word of text.match(/[a-z]{7,}/gi) ?? []) secrets.addText(`the word ${word}`, word);
    secrets.addText('the beginning of the text', text.slice(0, 20));
    for (const format of ['verbose_json', 'srt', 'vtt', 'text']) await transcribe(clip, { response_format: format });
    await transcribe(clip, { stream: 'true' });
    await transcribe(await fixtureFile('jfk.flac'), { language: secret('language') });
    await transcribe(new Blob([secret('broken audio')]), {});
    await transcribe(clip, { model: secret('model') });
    const get = async (path: string, headers: Record<string, string>) => {
      const got = await fetch(`${origin}${path}`, { headers });
      statuses.push(got.status);
      await got.text();
    };
    await get(`/v1/search?q=${secret('query')}`, authorization);
    await get(`/v1/session`, { ...authorization, 'X-Session-Key': secret('session key') });
    await get(`/v1/models/${secret('unknown model')}`, authorization);
    await get(`/v1/${secret('unknown path')}`, authorization);
    await get('/v1/models', { Authorization: `Bearer ${secret('wrong key')}` });
    await get('/v1/models', { ...authorization, Origin: `https://${secret('origin')}.example` });
    const leaving = new AbortController();
    const gone = postForm(origin, transcriptionForm(clip), { headers: authorization, signal: leaving.signal });
    leaving.abort();
    await gone.catch(() => {});

    openFiles = filesOpenForWriting(child.pid ?? 0);
    child.kill('SIGTERM');
    await once(child, 'close');
    output = Buffer.concat(parts);
  });
  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('was heard and refused in every way that was meant', () => {
    expect([...new Set(statuses)].sort()).toEqual(
      [200, 400, 401, 403, 404, 422].filter((status) => statuses.includes(status)),
    );
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(8);
    expect(statuses.filter((status) => status >= 400 && status < 500).length).toBeGreaterThanOrEqual(6);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  it('has nothing of them in what the server printed', () => {
    expect(output.toString()).toContain('Ossicle is at');
    expect(secrets.foundIn(output)).toEqual([]);
  });

  it('has nothing of them in the folders for temporary files, settings and data', () => {
    const files = filesUnder(folder);
    expect(files).toContain(join(folder, 'data/keys.json'));
    for (const file of files) expect({ file, found: secrets.foundIn(readFileSync(file)) }).toEqual({ file, found: [] });
  });

  it('held no file open to write to, and has made none', () => {
    expect(openFiles).toEqual([]);
    expect(filesUnder(folder)).toEqual([join(folder, 'data/keys.json')]);
  });

  it('would be found in any form', async () => {
    const spy = new Secrets();
    spy.addText('word', 'flat white with oat milk');
    spy.addBytes('audio', Buffer.from(Array.from({ length: WINDOW_BYTES }, (_, i) => i * 5)));
    const audio = Buffer.from(Array.from({ length: 100 }, (_, i) => (i - 20) * 5));
    const text = 'one flat white with oat milk, please';
    for (const written of [
      Buffer.from(text),
      Buffer.from(encodeURIComponent(text)),
      Buffer.from(text, 'utf16le'),
      Buffer.from(Buffer.from(text).toString('base64')),
    ]) {
      expect(spy.foundIn(written)).toEqual(['word']);
    }
    for (const written of [audio, Buffer.from(audio.toString('hex')), Buffer.from(audio.toString('base64'))]) {
      expect(spy.foundIn(written)).toEqual(['audio']);
    }
    const path = join(folder, 'temp/planted');
    await writeFile(path, text);
    expect(filesUnder(folder)).toContain(path);
    await rm(path);
  });
});
