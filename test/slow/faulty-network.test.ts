import { describe, expect, it } from 'vitest';
import { runThroughFaults } from '../bench/fault-run.ts';
import { FAULTS } from '../fault-proxy.ts';

const SEGMENT_COUNT = 50;

describe('fifty segments through a network that harms three requests in ten', () => {
  it.each([1, 2, 3])('are each answered exactly once, with their own text and in order (seed %i)', async (seed) => {
    const run = await runThroughFaults({ segmentCount: SEGMENT_COUNT, seed, faultShare: 0.3 });
    const takes = [...Array(SEGMENT_COUNT).keys()];
    expect([...run.answerCounts].sort(([a], [b]) => a - b)).toEqual(takes.map((take) => [take, 1]));
    expect([run.wrongTexts, run.wrongQueries, run.droppedCount]).toEqual([[], [], 0]);
    expect(run.isInOrder).toBe(true);
    // The server worked on each once, however often it was asked.
    expect(new Set(run.recognitionCounts.values())).toEqual(new Set([1]));
    expect(run.requestCount).toBeGreaterThan(SEGMENT_COUNT);
    expect([...run.faultCounts.keys()].every((fault) => FAULTS.includes(fault))).toBe(true);
  });
});

describe('segments through a network that harms most requests', () => {
  it('are answered once and in order, after they have waited', async () => {
    const run = await runThroughFaults({ segmentCount: 12, seed: 7, faultShare: 0.8 });
    expect([...run.answerCounts.values()]).toEqual(Array(12).fill(1));
    expect(run.queuedCount).toBeGreaterThan(0);
    expect([run.wrongTexts, run.wrongQueries, run.isInOrder]).toEqual([[], [], true]);
  });
});
