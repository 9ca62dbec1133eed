import { describe, expect, it } from 'vitest';
import { ClipJoiner, type CutSegment, finalClips } from '../../src/front-end/clip-joiner.ts';

const RATE_HZ = 16_000;

/** A segment of constant samples, with 0.1 s of padding behind it. */
function segment(segmentId: number, startSeconds: number, endSeconds: number, value: number): CutSegment {
  const startSample = startSeconds * RATE_HZ;
  const endSample = endSeconds * RATE_HZ;
  const pcm16 = new Int16Array(endSample - startSample + 1_600).fill(value, 0, endSample - startSample);
  return {
    segmentId,
    span: { startSample, endSample, speechStartSample: startSample, speechEndSample: endSample },
    pcm16,
  };
}

describe('joining segments of a query', () => {
  it('hands a first segment on as it is', () => {
    const first = segment(1, 0, 2, 5);
    expect(new ClipJoiner().clipFor(first)).toEqual({ pcm16: first.pcm16, joinedSegmentIds: [] });
  });

  it('puts a segment after a short pause behind those before it, each at its place in the stream', () => {
    const joiner = new ClipJoiner();
    joiner.commit(segment(1, 1, 2, 5));
    joiner.commit(segment(2, 2.05, 3, 6));
    const { pcm16, joinedSegmentIds } = joiner.clipFor(segment(3, 4, 5, 7));
    expect(joinedSegmentIds).toEqual([1, 2]);
    const at = (seconds: number): number | undefined => pcm16[Math.round((seconds - 1) * RATE_HZ)];
    expect([at(1), at(1.999), at(2.02), at(2.05), at(2.999), at(3.5), at(4), at(4.999)]).toEqual([
      5, 5, 0, 6, 6, 0, 7, 7,
    ]);
    expect(pcm16.length).toBe(4 * RATE_HZ + 1_600);
  });

  it('begins anew after a long pause, and where the joined clip would grow too long', () => {
    const joiner = new ClipJoiner();
    joiner.commit(segment(1, 0, 2, 5));
    expect(joiner.clipFor(segment(2, 3.6, 4, 6)).joinedSegmentIds).toEqual([]);
    expect(joiner.clipFor(segment(2, 3.4, 19.9, 6)).joinedSegmentIds).toEqual([1]);
    expect(joiner.clipFor(segment(2, 3.4, 20.1, 6)).joinedSegmentIds).toEqual([]);
  });

  it('does not remember a take that was not committed', () => {
    const joiner = new ClipJoiner();
    joiner.commit(segment(1, 0, 1, 5));
    joiner.clipFor(segment(2, 1.2, 2, 6));
    expect(joiner.clipFor(segment(2, 1.2, 3, 6)).joinedSegmentIds).toEqual([1]);
  });

  it('gives a recording as few clips as its long pauses ask for', () => {
    const clips = finalClips([segment(1, 0, 1, 5), segment(2, 1.5, 3, 6), segment(3, 6, 7, 7)]);
    expect(clips.map(({ startSample, endSample }) => [startSample / RATE_HZ, endSample / RATE_HZ])).toEqual([
      [0, 3],
      [6, 7],
    ]);
  });
});
