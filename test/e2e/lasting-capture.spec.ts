import { test as base } from 'playwright/test';
import { ProbeServer } from '../probe/probe-server.ts';
import { ProbePage } from './probe-page.ts';
import type { Scene } from './recording.ts';
import { expect, microphoneFor, test as voiceTest } from './voice-test.ts';

const QUESTION = { clip: 'whats_the_weather_like.flac', room: 'quiet' } as const;
const PATIENT = { queryEndMs: 30_000, noSpeechMs: 30_000 };

const test = base.extend<
  { readonly openProbe: (scene: Scene, options?: Readonly<Record<string, unknown>>) => Promise<ProbePage> },
  { readonly probe: ProbeServer }
>({
  probe: [
    async ({ playwright: _ }, use) => {
      const probe = await ProbeServer.open();
      await use(probe);
      await probe.close();
    },
    { scope: 'worker' },
  ],
  openProbe: async ({ probe }, use, testInfo) => {
    const pages: ProbePage[] = [];
    await use(async (scene, options = {}) => {
      const page = await ProbePage.open(probe.pageUrl(options), microphoneFor(scene, testInfo));
      pages.push(page);
      return page;
    });
    for (const page of pages) await page.close();
  },
});

const CYCLE_COUNT = 50;
/** After so many, everything that is made once has been made, and a context been replaced. */
const WARM_CYCLE_COUNT = 25;
/** Chromium keeps the source node of every microphone until its context is closed, which happens after so many. */
const KEPT_LIMIT = 20;
/** What stays of a press may not be much more than the source node that Chromium keeps of it: about 1 kB, measured. */
const HEAP_GROWTH_LIMIT_BYTES = 2_000 * CYCLE_COUNT;

test('gives back all it took in fifty presses', async ({ openProbe }, testInfo) => {
  testInfo.setTimeout(120_000);
  const probe = await openProbe({ room: 'quiet', tailSeconds: 5 });
  const press = async (): Promise<void> => {
    const { events } = await probe.report();
    await probe.page.click('#start');
    await probe.until(({ phase }) => phase === 'listening');
    await probe.page.evaluate('probe.pipeline.stop()');
    const report = await probe.until(({ phase }) => phase === 'idle');
    expect(report.events.length).toBeGreaterThan(events.length);
    expect(report.liveTrackCount).toBe(0);
    await probe.forget();
  };
  for (let i = 0; i < WARM_CYCLE_COUNT; i++) await press();
  const before = await probe.count();
  for (let i = 0; i < CYCLE_COUNT; i++) await press();
  const after = await probe.count();
  const pageGrowthBytes = after.heapBytes - before.heapBytes;
  const workletGrowthBytes = after.workletHeapBytes - before.workletHeapBytes;
  console.log(
    `Heap growth in ${CYCLE_COUNT} presses: ${pageGrowthBytes} bytes in the page, ${workletGrowthBytes} on the audio thread.`,
  );
  expect(pageGrowthBytes).toBeLessThanOrEqual(HEAP_GROWTH_LIMIT_BYTES);
  expect(workletGrowthBytes).toBeLessThanOrEqual(HEAP_GROWTH_LIMIT_BYTES);
  expect(after.listenerCount - before.listenerCount).toBeLessThanOrEqual(KEPT_LIMIT);
  expect(after.audioNodeCount - before.audioNodeCount).toBeLessThanOrEqual(KEPT_LIMIT);
  expect(after.processorCount).toBe(before.processorCount);
  expect((await probe.report()).openContextCount).toBeLessThanOrEqual(1);
});

test('loses no sample while the page is six times slower and then stands still for 2 s', async ({ openProbe }) => {
  const probe = await openProbe({ clip: '1688-142285-0003.flac', room: 'quiet' }, { queryEndMs: 3_000 });
  await probe.page.click('#start');
  await probe.until(({ phase }) => phase === 'listening');
  await probe.slowDown(6);
  await probe.until(({ events }) => events.some(({ type }) => type === 'speechstart'));
  await probe.page.evaluate(() => {
    for (const until = performance.now() + 2_000; performance.now() < until; );
  });
  const report = await probe.until(({ phase }) => phase === 'idle', 40_000);
  const segments = report.events.filter(({ type }) => type === 'segment');
  expect(segments.length).toBeGreaterThan(0);
  expect(segments.map(({ metrics }) => metrics?.missingSamples)).toEqual(segments.map(() => 0));
  expect(report.events.some(({ type }) => type === 'recovering' || type === 'failed')).toBe(false);
});

test('opens the microphone anew, once, when it delivers digital silence', async ({ openProbe }) => {
  // Whenever it is opened, this microphone plays the question, and zeros from then on.
  const probe = await openProbe({ clip: QUESTION.clip }, PATIENT);
  await probe.page.click('#start');
  const report = await probe.until(({ events }) => events.some(({ type }) => type === 'queryend'));
  const noted = (type: string) => report.events.filter((event) => event.type === type);
  expect(noted('recovering')).toHaveLength(1);
  expect(noted('failed')).toMatchObject([{ code: 'silent' }]);
  expect(noted('segment').map(({ segmentId }) => segmentId)).toEqual([1, 2]);
  expect(noted('queryend')).toMatchObject([{ reason: 'stopped', failedSegmentCount: 0 }]);
  expect(noted('queryend')[0]?.text?.match(/weather/g)).toHaveLength(2);
  // The second stretch lies where it was said: a good four seconds after the first.
  const starts = noted('segment').map(({ span }) => (span?.startSample ?? 0) / 16_000);
  expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(3);
  expect(report.liveTrackCount).toBe(0);
  expect(report.openContextCount).toBe(0);
});

test('keeps what was said when the permission is withdrawn, and asks for no other', async ({ openProbe }) => {
  const probe = await openProbe(QUESTION, PATIENT);
  await probe.page.click('#start');
  await probe.until(({ events }) => events.some(({ type }) => type === 'speechend'));
  await probe.withdrawPermission();
  const report = await probe.until(({ events }) => events.some(({ type }) => type === 'queryend'));
  expect(report.events.filter(({ type }) => type === 'failed')).toMatchObject([{ code: 'denied' }]);
  expect(report.events.find(({ type }) => type === 'queryend')?.text).toMatch(/weather/);
  expect(report.events.filter(({ type }) => type === 'microphone')).toHaveLength(1);
  expect(report.liveTrackCount).toBe(0);
});

voiceTest('listens as long as the button is held, through any silence', async ({ openPageHearing }) => {
  // Longer than the 8 s after which a query without speech ends by itself.
  const voice = await openPageHearing({ ...QUESTION, leadSeconds: 9.5, tailSeconds: 20 });
  await voice.microphone.hover();
  await voice.page.mouse.down();
  await expect(voice.status).toHaveText(/^Hearing you/, { timeout: 20_000 });
  await expect(voice.status).toHaveText(/^Listening/);
  await expect(voice.field).toHaveValue(/weather/);
  // A query that silence may end would do so in one second.
  await voice.page.waitForTimeout(2_000);
  await expect(voice.status).toHaveText(/^Listening/);
  await voice.page.mouse.up();
  expect(await voice.heardText()).toBe("What's the weather like?");
});
