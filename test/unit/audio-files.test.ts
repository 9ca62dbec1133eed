import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudioFile } from '../../src/cli/audio-file.ts';
import { fileKind } from '../../src/cli/file-kind.ts';

const FIXTURES = new URL('../fixtures/audio/', import.meta.url).pathname;
const RATES: readonly (readonly [file: string, rateHz: number])[] = [
  ['282d32e1.flac', 16_000],
  ['LJ001-0008.flac', 22_050],
  ['jfk.flac', 44_100],
  ['vctk_p286_011.flac', 48_000],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-audio-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** A WAV file by the format's definition: PCM, 16 bits. */
function wav16(channels: readonly (readonly number[])[], rateHz: number): Uint8Array {
  const frameCount = channels[0]!.length;
  const dataBytes = frameCount * channels.length * 2;
  const bytes = Buffer.alloc(44 + dataBytes);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(rateHz * channels.length * 2, 28);
  bytes.writeUInt16LE(channels.length * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataBytes, 40);
  for (let i = 0; i < frameCount; i++) {
    channels.forEach((channel, c) => {
      bytes.writeInt16LE(channel[i]!, 44 + (i * channels.length + c) * 2);
    });
  }
  return bytes;
}

describe('reading FLAC', () => {
  it.each(RATES)('keeps the rate of %s', async (name, rateHz) => {
    const clip = await readAudioFile(join(FIXTURES, name));
    expect(clip.rateHz).toBe(rateHz);
    expect(clip.seconds).toBe(clip.samples.length / rateHz);
  });

  it('refuses a file that is cut short', async () => {
    const whole = await readFile(join(FIXTURES, 'jfk.flac'));
    const path = await file('cut.flac', whole.subarray(0, whole.length / 2));
    await expect(readAudioFile(path)).rejects.toThrow(/cut\.flac: .*cut short/);
  });
});

describe('reading WAV', () => {
  it('mixes the channels by their mean', async () => {
    const clip = await readAudioFile(
      await file(
        'stereo.wav',
        wav16(
          [
            [16_384, 0, -32_768],
            [0, 8192, -32_768],
          ],
          8000,
        ),
      ),
    );
    expect([...clip.samples]).toEqual([0.25, 0.125, -1]);
    expect(clip).toMatchObject({ rateHz: 8000, seconds: 3 / 8000 });
  });

  it('goes by the content, not by the name', async () => {
    const path = await file('misnamed.flac', wav16([[0, 16_384]], 16_000));
    expect([...(await readAudioFile(path)).samples]).toEqual([0, 0.5]);
  });

  it.each([4_000, 384_000])('refuses a recording at %i Hz', async (rateHz) => {
    const path = await file('rate.wav', wav16([[0, 0]], rateHz));
    await expect(readAudioFile(path)).rejects.toThrow(`rate.wav: the sample rate is ${rateHz} Hz; give`);
  });

  it('refuses a recording without samples', async () => {
    await expect(readAudioFile(await file('none.wav', wav16([[]], 16_000)))).rejects.toThrow(/none\.wav: .*no samples/);
  });
});

describe('a file that is no recording', () => {
  it.each([
    ['notes.txt', 'buy milk\n', /notes\.txt: neither WAV nor FLAC: its content is a text file; name a recording/],
    ['café.txt', 'un café crème', /a text file/],
    ['empty.wav', '', /empty\.wav: the file is empty \(0 bytes\)/],
    ['song.wav', 'ID3\u0003\0\0\0\0\0', /song\.wav: .*an MP3 file; convert it first/],
    ['call.ogg', 'OggS\0\u0002', /an Ogg file; convert it first/],
    ['noise.bin', '\0\u0001\u0002\u0003', /no known audio format/],
  ])('%s is refused in one line that says why', async (name, content, expected) => {
    const refusal = readAudioFile(await file(name, content));
    await expect(refusal).rejects.toThrow(expected);
    await expect(refusal).rejects.not.toThrow(/\n/);
  });

  it('is refused when it is missing or a folder', async () => {
    await expect(readAudioFile(join(folder, 'gone.wav'))).rejects.toThrow(/gone\.wav: there is no such file/);
    await expect(readAudioFile(folder)).rejects.toThrow(/this is a folder/);
  });
});

describe('the kind of a file', () => {
  it.each([
    ['RIFF\0\0\0\0WAVE', 'wav'],
    ['RF64\0\0\0\0WAVE', 'wav'],
    ['RIFF\0\0\0\0AVI ', 'unknown'],
    ['fLaC\0\0\0\u0022', 'flac'],
    ['\xff\xfb\x90\x00', 'mp3'],
    ['\0\0\0\u0020ftypM4A ', 'mp4'],
    ['\u001aE\xdf\xa3', 'webm'],
    ['FORM\0\0\0\0AIFF', 'aiff'],
    ['{"path": "a.wav"}', 'text'],
  ])('of %j is %s', (content, kind) => {
    expect(fileKind(Buffer.from(content, 'latin1'))).toBe(kind);
  });
});
