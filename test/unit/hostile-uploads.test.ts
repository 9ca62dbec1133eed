import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWavPcm16 } from '../../src/dsp/wav.ts';
import { faultOf, hostileKinds, postHostile } from '../hostile-bodies.ts';
import { type LocalServer, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const KINDS = await hostileKinds();
/** `npm run bench -- fuzz` tries 10,000 bodies in all. */
const RUNS = { numRuns: 75 };

describe('uploads made to break the server', () => {
  it.each(KINDS.map(({ name, bodies }) => [name, bodies] as const))('get a clear answer: %s', async (_name, bodies) => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        expect(await faultOf(await postHostile(server.origin, body))).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('leave the server well', async () => {
    const wav = new Blob([encodeWavPcm16(new Int16Array(800), 16_000)]);
    const response = await postForm(server.origin, transcriptionForm(wav));
    expect([response.status, (await response.json()).text]).toEqual([200, '']);
  });
});
