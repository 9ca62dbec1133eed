import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWavPcm16 } from '../../src/dsp/wav.ts';
import { type LocalServer, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const WAV = encodeWavPcm16(new Int16Array(800), 16_000);
const RUNS = { numRuns: 150 };

/** Values that parsers stumble over: none, one, the largest of either sign. */
const nastyNumber = fc.oneof(fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff), fc.nat(0xffff_ffff));

async function expectClearAnswer(response: Response): Promise<void> {
  const body = await response.text();
  expect(response.status, body).toBeLessThan(500);
  if (response.status === 200) return;
  expect(JSON.parse(body)).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } });
}

describe('uploads made to break the server', () => {
  it('get a clear answer for any damage to a WAV header', async () => {
    const damage = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), nastyNumber), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 4, max: WAV.length }), async (writes, length) => {
        const bytes = WAV.slice();
        const view = new DataView(bytes.buffer);
        for (const [at, value] of writes) view.setUint32(at, value, true);
        const file = new Blob([bytes.slice(0, length)]);
        await expectClearAnswer(await postForm(server.origin, transcriptionForm(file)));
      }),
      RUNS,
    );
  });

  it('get a clear answer for any bytes that begin like audio', async () => {
    const mark = fc.constantFrom('RIFF', 'RF64', 'fLaC', 'OggS', 'ID3', '');
    await fc.assert(
      fc.asyncProperty(mark, fc.uint8Array({ maxLength: 400 }), async (start, rest) => {
        const file = new Blob([start, rest.slice()]);
        await expectClearAnswer(await postForm(server.origin, transcriptionForm(file)));
      }),
      RUNS,
    );
  });

  it('get a clear answer for any field values', async () => {
    const name = fc.constantFrom('model', 'language', 'response_format', 'stream', 'include[]', 'prompt', 'file');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.string({ unit: 'binary' })), { maxLength: 5 }), async (fields) => {
        const form = new FormData();
        for (const [field, value] of fields) form.append(field, value);
        form.append('file', new Blob([WAV]), 'clip.wav');
        await expectClearAnswer(await postForm(server.origin, form));
      }),
      RUNS,
    );
  });

  it('get a clear answer for any broken multipart body', async () => {
    const line = fc.oneof(
      fc.constantFrom('--x', '--x--', 'Content-Disposition: form-data; name="file"; filename="a.wav"', ''),
      fc.constantFrom('Content-Disposition: form-data', 'Content-Type: audio/wav', 'RIFF', '\u0000'),
      fc.string(),
    );
    const lineBreak = fc.constantFrom('\r\n', '\n');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), lineBreak, fc.string(), async (lines, end, boundary) => {
        const stated = /^[\x21-\x7e]+$/.test(boundary) ? boundary : 'x';
        const response = await fetch(`${server.origin}/v1/audio/transcriptions`, {
          method: 'POST',
          headers: { 'Content-Type': `multipart/form-data; boundary=${stated}` },
          body: lines.join(end),
        });
        await expectClearAnswer(response);
      }),
      RUNS,
    );
  });

  it('leave the server well', async () => {
    const response = await postForm(server.origin, transcriptionForm(new Blob([WAV])));
    expect([response.status, (await response.json()).text]).toEqual([200, '']);
  });
});
