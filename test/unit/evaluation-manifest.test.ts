import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../src/cli/manifest.ts';

const ALL = { sets: [], limit: Number.POSITIVE_INFINITY };
const LINES = [
  '{"path": "orders/1.flac", "set": "orders", "transcript": "one latte"}',
  '',
  '{"path": "orders/2.flac", "set": "orders", "transcript": "two mochas"}',
  '{"path": "rain.flac", "set": "noise", "transcript": null}',
  '{"path": "/elsewhere/3.wav", "transcript": "three teas"}',
  '{"path": "orders/4.flac", "set": "orders", "transcript": "  "}',
];

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-manifest-'));
  path = join(folder, 'manifest.jsonl');
  await writeFile(path, LINES.join('\r\n'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function readLines(...lines: string[]): ReturnType<typeof readManifest> {
  const other = join(folder, 'other.jsonl');
  await writeFile(other, lines.join('\n'));
  return readManifest(other, ALL);
}

describe('a manifest', () => {
  it('finds its clips beside it and counts those without a transcript', async () => {
    expect(await readManifest(path, ALL)).toEqual({
      clips: [
        { file: 'orders/1.flac', path: join(folder, 'orders/1.flac'), set: 'orders', transcript: 'one latte' },
        { file: 'orders/2.flac', path: join(folder, 'orders/2.flac'), set: 'orders', transcript: 'two mochas' },
        { file: '/elsewhere/3.wav', path: '/elsewhere/3.wav', set: 'unnamed', transcript: 'three teas' },
      ],
      withoutTranscriptCount: 2,
    });
  });

  it('gives only the chosen sets', async () => {
    const { clips, withoutTranscriptCount } = await readManifest(path, { ...ALL, sets: ['unnamed', 'noise'] });
    expect(clips.map((clip) => clip.file)).toEqual(['/elsewhere/3.wav']);
    expect(withoutTranscriptCount).toBe(1);
  });

  it('limits each set apart', async () => {
    const { clips } = await readManifest(path, { sets: [], limit: 1 });
    expect(clips.map((clip) => clip.file)).toEqual(['orders/1.flac', '/elsewhere/3.wav']);
  });

  it('names the sets there are when another is asked for', async () => {
    await expect(readManifest(path, { ...ALL, sets: ['order'] })).rejects.toThrow(
      'no set "order"; it holds noise, orders, unnamed.',
    );
  });

  it('is refused when nothing in it can be scored', async () => {
    await expect(readManifest(path, { ...ALL, sets: ['noise'] })).rejects.toThrow(/none of the chosen clips/);
  });

  it.each([
    ['not JSON at all', /line 2: not JSON/],
    ['{"file": "a.wav"}', /line 2: no "path"/],
    ['[]', /line 2: no "path"/],
    ['{"path": "a.wav", "set": 7}', /line 2: "set" is number/],
    ['{"path": "a.wav", "transcript": ["a"]}', /line 2: "transcript" is object/],
  ])('with the line %s is refused, and the line named', async (line, expected) => {
    await expect(readLines('{"path": "a.wav", "transcript": "a"}', line)).rejects.toThrow(expected);
  });
});
