import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AudioFile, readAudioFile } from '../../src/cli/audio-file.ts';
import { segmentRow } from '../../src/cli/segment-row.ts';
import { type RecordedSegment, segmentRecording } from '../../src/front-end/recording.ts';
import { EnergyScorer } from '../../src/vad/energy-scorer.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/audio/${name}`, import.meta.url));

async function cut(clip: AudioFile): Promise<readonly RecordedSegment[]> {
  return segmentRecording(clip.samples, clip.rateHz, new EnergyScorer());
}

describe('segmenting a recording', () => {
  it.each(['brooklyn_bridge_padded', '282d32e1', 'vctk_p286_011'])(
    'keeps the middle half of the first and the last word of %s',
    async (name) => {
      const segments = await cut(await readAudioFile(fixture(`${name}.flac`)));
      const labels: { words: [string, number, number][] } = JSON.parse(
        readFileSync(fixture(`${name}.words.json`), 'utf8'),
      );
      for (const [, start, end] of [labels.words[0]!, labels.words.at(-1)!]) {
        const quarter = (end - start) / 4;
        const holder = segments
          .map(segmentRow)
          .find((row) => row.startSeconds <= start + quarter && row.endSeconds >= end - quarter);
        expect(holder).toBeDefined();
      }
    },
  );

  it('posts each take before its commit, and neither before the sound was heard', async () => {
    const segments = await cut(await readAudioFile(fixture('jfk.flac')));
    expect(segments.length).toBeGreaterThan(0);
    let lastCommitSeconds = 0;
    for (const segment of segments) {
      const row = segmentRow(segment);
      expect(row.takenAtSeconds).toBeGreaterThanOrEqual(row.endSeconds - 1e-4);
      expect(row.committedAtSeconds).toBeGreaterThanOrEqual(row.takenAtSeconds);
      expect(row.takenAtSeconds).toBeGreaterThanOrEqual(lastCommitSeconds);
      lastCommitSeconds = row.committedAtSeconds;
    }
    expect(lastCommitSeconds).toBeLessThanOrEqual(11);
  });

  it('hears every 32 ms frame of the recording once', async () => {
    const clip = await readAudioFile(fixture('vctk_p286_011.flac'));
    let frameCount = 0;
    await segmentRecording(clip.samples, clip.rateHz, new EnergyScorer(), { onFrame: () => frameCount++ });
    expect(frameCount).toBe(Math.floor((clip.seconds * 16_000) / 512));
  });

  it('gives the same again with the same scorer', async () => {
    const { samples, rateHz } = await readAudioFile(fixture('282d32e1.flac'));
    const scorer = new EnergyScorer();
    const first = await segmentRecording(samples, rateHz, scorer);
    expect(await segmentRecording(samples, rateHz, scorer)).toEqual(first);
  });

  it('finds nothing in silence, however long', async () => {
    expect(await segmentRecording(new Float32Array(16_000 * 20), 16_000, new EnergyScorer())).toEqual([]);
  });

  it('refuses a rate that the front end does not take', async () => {
    await expect(segmentRecording(new Float32Array(4_000), 4_000, new EnergyScorer())).rejects.toThrow(RangeError);
  });
});
