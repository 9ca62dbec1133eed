import { describe, expect, it } from 'vitest';
import { formatReports, reportClips, reportSets, scoreClip } from '../../src/cli/eval-report.ts';
import { formatTable } from '../../src/cli/output.ts';

const HEARD = {
  audioSeconds: 10,
  sentSeconds: 4,
  segmentCount: 1,
  rawMs: 300,
  processedMs: 500,
  rawText: 'one large latte please',
  processedText: 'one large latte please',
};
const clip = (set: string, transcript: string, heard: Partial<typeof HEARD> = {}): ReturnType<typeof scoreClip> =>
  scoreClip({ file: `${transcript}.wav`, set, transcript }, { ...HEARD, ...heard }, 'plain');

describe('the report of an evaluation', () => {
  it('pools edits, words, seconds and time over the clips', () => {
    const report = reportClips([
      clip('orders', 'one large latte please'),
      clip('orders', 'a tea', {
        rawText: 'a bee',
        processedText: '',
        segmentCount: 0,
        sentSeconds: 0,
        audioSeconds: 30,
      }),
    ]);
    expect(report).toMatchObject({ clips: 2, words: 6, audioSeconds: 40, clipsWithoutSegment: 1 });
    expect(report.raw.wer).toBeCloseTo(1 / 6, 12);
    expect(report.processed.wer).toBeCloseTo(2 / 6, 12);
    expect(report.difference.wer).toBeCloseTo(1 / 6, 12);
    expect(report.realTimeFactor).toBeCloseTo(1 / 40, 12);
    expect(report.rawRealTimeFactor).toBeCloseTo(0.6 / 40, 12);
    expect(report.audioSentShare).toBeCloseTo(4 / 40, 12);
  });

  it('shows no difference, and no width of it, where both ways heard the same', () => {
    const report = reportClips([clip('orders', 'one latte'), clip('orders', 'two large mochas please')]);
    expect(report.difference).toEqual({ wer: 0, interval: [0, 0] });
    expect(report.raw).toEqual(report.processed);
    expect(report.raw.interval[0]).toBeLessThan(report.raw.interval[1]);
  });

  it('keeps the sets apart', () => {
    const reports = reportSets([clip('orders', 'one large latte please'), clip('digits', 'eight', { rawText: 'ate' })]);
    expect(Object.keys(reports)).toEqual(['orders', 'digits']);
    expect(reports['orders']?.raw.wer).toBe(0);
    expect(reports['digits']?.raw.wer).toBe(1);
  });

  it('reads as a table, in percent, with the sign of the difference', () => {
    const table = formatReports(reportSets([clip('orders', 'one large latte please', { processedText: 'one large' })]));
    expect(table).toContain('0.0 [0.0, 0.0]');
    expect(table).toContain('50.0 [50.0, 50.0]');
    expect(table).toContain('+50.0 [+50.0, +50.0]');
  });
});

describe('a table', () => {
  it('aligns words to the left and numbers to the right', () => {
    expect(
      formatTable(
        [
          ['set', 'n'],
          ['a', '10'],
          ['long', '7'],
        ],
        1,
      ),
    ).toBe('set    n\na     10\nlong   7');
  });
});
