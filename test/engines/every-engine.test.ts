import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import { SEGMENT_RATE_HZ } from '../../src/protocol/segment.ts';
import { clipFacts } from '../e2e/recording.ts';
import type { ProbeEvent, ProbeReport } from '../probe/probe-report.ts';
import { availableEngines, Bench, type EngineName } from './bench.ts';
import { phasesIn, readProbe, until } from './engine.ts';
import type { VirtualMicrophone } from './virtual-microphones.ts';

const QUESTION = 'whats_the_weather_like.flac';
/** Eleven words without a pause that could end a segment in the first two seconds. */
const SENTENCE = '3005-163389-0002.flac';
/** A query that waits, so that a test can take its time. */
const PATIENT = { queryEndMs: 20_000, noSpeechMs: 60_000 };
/** As often the worklet tells the level. */
const LEVELS_PER_SECOND = 15;
/** Less silence than this ends no segment: the shortest hangover of the presets. */
const SILENCE_ENDS_MS = 300;
/** For what another program may hold up. */
const SOON = { timeout: 30_000 };
const CYCLE_COUNT = 50;
const QUERY_PHASES = ['requesting', 'starting', 'listening', 'finishing', 'idle'];

/** What each engine shows of the same mishap. */
const SHOWS: Readonly<
  Record<
    EngineName,
    {
      /** A pulled microphone is noticed by its silence alone; elsewhere by an event, at once. */
      readonly lossIsSilent: boolean;
      /** The system's mute switch is told by an event. */
      readonly tellsMute: boolean;
      /** A page that is left is put aside and comes back as it was. */
      readonly putsPagesAside: boolean;
      /** How long the clock must stand still; Chromium's goes on by itself, and stands again if it is too long. */
      readonly standsStillMs: number;
      /** What is told in the end when no microphone is left. */
      readonly lastWord: string;
    }
  >
> = {
  Chromium: { lossIsSilent: true, tellsMute: true, putsPagesAside: true, standsStillMs: 0, lastWord: 'silent' },
  // PulseAudio's monitors count as microphones here: the next best one is opened, and is silent.
  Firefox: { lossIsSilent: false, tellsMute: false, putsPagesAside: false, standsStillMs: 2_500, lastWord: 'silent' },
  WebKitGTK: { lossIsSilent: false, tellsMute: false, putsPagesAside: true, standsStillMs: 2_500, lastWord: 'lost' },
};

function ofType(report: ProbeReport, type: string): readonly ProbeEvent[] {
  return report.events.filter((event) => event.type === type);
}

function textOf(report: ProbeReport): string {
  return ofType(report, 'transcript').at(-1)?.text ?? '';
}

/** What was said until the mishap stands before what was said after it; half a word more or less is the recogniser's. */
function expectSaidPart(report: ProbeReport): void {
  const [before = ''] = textOf(report).split(/what'?s the weather|weather/i);
  expect(normalisedWords(before, 'plain').length).toBeGreaterThanOrEqual(2);
}

/** The phases after the given one was noted last. */
function since(report: ProbeReport, type: string): readonly string[] {
  const last = report.events.findLastIndex((event) => event.type === type);
  return phasesIn({ ...report, events: report.events.slice(last) });
}

/** From the last event of one type to the next of another; NaN when either is missing. */
function msBetween(report: ProbeReport, from: string, to: string): number {
  const start = report.events.findLast(({ type }) => type === from)?.atMs ?? Number.NaN;
  return (report.events.find(({ type, atMs }) => type === to && atMs > start)?.atMs ?? Number.NaN) - start;
}

describe.each(availableEngines().map((name) => ({ name })))('$name', ({ name }) => {
  const shows = SHOWS[name];
  let bench: Bench;
  let microphone: VirtualMicrophone;

  beforeAll(async () => {
    bench = await Bench.open(name);
    console.log(`${bench.engine.name} ${bench.engine.version}`);
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    microphone = bench.plug('desk');
  });
  afterEach(async () => {
    await bench.clear();
    bench.microphones.suspendSpeakers(false);
    bench.microphones.unplugSpeakers('earpiece');
  });

  async function listen(options: Readonly<Record<string, unknown>> = PATIENT, button = '#start'): Promise<void> {
    await bench.engine.goto(bench.probe.pageUrl(options));
    await until(bench.engine, 'the page', ({ events }) => events.some(({ type }) => type === 'ready'));
    await bench.engine.click(button);
    await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
  }

  /** Begins to say the sentence and comes back in the middle of it. */
  async function beginToSpeak(): Promise<void> {
    void bench.say(SENTENCE, microphone);
    await until(bench.engine, 'speech', (report) => ofType(report, 'speechstart').length > 0);
    await hear(1);
  }

  /** Waits until the pipeline has heard so much more sound. */
  async function hear(seconds: number): Promise<void> {
    const { levelCount } = await readProbe(bench.engine);
    const isHeard = (report: ProbeReport): boolean => report.levelCount - levelCount >= seconds * LEVELS_PER_SECOND;
    await until(bench.engine, `${seconds} s of sound`, isHeard);
  }

  /** Lets a mishap last: waits until the page's clock has gone on by so much. */
  async function last(ms: number): Promise<ProbeReport> {
    const { nowMs } = await readProbe(bench.engine);
    return until(bench.engine, `${ms} ms`, (report) => report.nowMs - nowMs >= ms);
  }

  async function mark(what: string): Promise<void> {
    await bench.engine.evaluate(`probe.note(${JSON.stringify(what)})`);
  }

  async function expectQuestion(at: VirtualMicrophone): Promise<ProbeReport> {
    await bench.say(QUESTION, at);
    return until(bench.engine, 'the question', (report) => /weather/i.test(textOf(report)));
  }

  function tell(what: string, report: ProbeReport, from: string, to: string): void {
    const ms = msBetween(report, from, to);
    if (!Number.isNaN(ms)) console.log(`${name}: ${what} ${Math.round(ms)} ms`);
  }

  it('turns speech into text and gives the microphone back', async () => {
    await listen({});
    tell(
      'listening to first sound',
      await until(bench.engine, 'the room', (report) => ofType(report, 'sound').length > 0),
      'listening',
      'sound',
    );
    await bench.say(QUESTION, microphone);
    const report = await until(bench.engine, 'the end', ({ phase }) => phase === 'idle');
    expect(phasesIn(report)).toEqual(expect.arrayContaining(QUERY_PHASES));
    expect(normalisedWords(textOf(report), 'plain')).toEqual(normalisedWords(clipFacts(QUESTION).transcript, 'plain'));
    const [segment] = ofType(report, 'segment');
    const missingSeconds = (segment?.metrics?.missingSamples ?? 0) / SEGMENT_RATE_HZ;
    console.log(`${name}: ${Math.round(missingSeconds * 1_000)} ms lost in the first moments of sound`);
    expect(missingSeconds).toBeLessThanOrEqual(0.1);
    expect(report.liveTrackCount).toBe(0);
    expect(ofType(report, 'unhandled')).toEqual([]);
    tell('press to listening', report, 'requesting', 'listening');
  });

  it('finds on the search page what is said', async () => {
    const { engine } = bench;
    await engine.goto(`${bench.probe.appOrigin}/`);
    await engine.click('#mic-button');
    const status = (): Promise<string> => engine.evaluate("document.querySelector('#status').textContent");
    await expect.poll(status, SOON).toMatch(/^Listening/);
    await bench.say(SENTENCE, microphone);
    await expect.poll(status, SOON).toMatch(/^Heard '/);
    const text = await engine.evaluate<string>("document.querySelector('#search-input').value");
    const { editCount, wordCount } = countClipErrors(clipFacts(SENTENCE).transcript, text, 'english');
    // One word more than the recogniser alone may get wrong in these seven.
    expect(editCount / wordCount).toBeLessThanOrEqual(0.3);
  });

  it('ends by hand when it is told so, whatever the silence', async () => {
    await listen({ queryEndMs: 500, noSpeechMs: 1_000 }, '#start-manual');
    await hear(2.5);
    await expectQuestion(microphone);
    await hear(1.5);
    await bench.engine.evaluate('void probe.pipeline.stop()');
    const report = await until(bench.engine, 'the end', ({ phase }) => phase === 'idle');
    expect(ofType(report, 'queryend')).toMatchObject([{ reason: 'stopped' }]);
  });

  it('goes on with the query on another microphone when its own is pulled out', async () => {
    let spare = shows.lossIsSilent ? undefined : bench.plug('headset');
    bench.microphones.makeDefault(microphone);
    await listen();
    await beginToSpeak();
    await mark('pulled');
    bench.microphones.unplug(microphone);
    if (spare === undefined) {
      await hear(0.5);
      spare = bench.plug('headset');
    }
    const recovered = await until(bench.engine, 'recovery', (report) => {
      const phases = since(report, 'pulled');
      return phases.includes('recovering') && phases.at(-1) === 'listening';
    });
    tell('pulled out to recovering', recovered, 'pulled', 'recovering');
    tell('recovering to listening', recovered, 'recovering', 'listening');
    expect(recovered.liveTrackCount).toBe(1);
    const report = await expectQuestion(spare);
    expectSaidPart(report);
    expect(ofType(report, 'queryend')).toEqual([]);
    // A segment ends by the silence that a lost microphone gives, unless the browser tells of the loss before.
    const toldMs = msBetween(report, 'pulled', 'recovering');
    const ends = ofType(report, 'speechend').map(({ end }) => end);
    expect(['device-lost', 'silence']).toContain(ends[0]);
    if (toldMs < SILENCE_ENDS_MS) expect(ends[0]).toBe('device-lost');
    if (shows.lossIsSilent) expect(ends[0]).toBe('silence');
    const ids = ofType(report, 'segment').map(({ segmentId }) => segmentId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps what was said, and says what happened, when no microphone is left', async () => {
    await listen();
    await beginToSpeak();
    await mark('pulled');
    bench.microphones.unplug(microphone);
    const report = await until(bench.engine, 'failure', ({ events }) => events.some(({ type }) => type === 'queryend'));
    tell('pulled out to failed', report, 'pulled', 'failed');
    expect(report.phase).toBe('failed');
    expect(since(report, 'pulled')).toContain('recovering');
    expect(ofType(report, 'failed')).toMatchObject([{ code: shows.lastWord }]);
    expectSaidPart(report);
    expect(report.liveTrackCount).toBe(0);
    expect(report.openContextCount).toBe(0);
    // And it can be used again.
    const next = bench.plug('headset');
    await bench.engine.click('#start');
    await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
    await expectQuestion(next);
  });

  it('waits while the system mutes the microphone, or says that it is silent', async () => {
    await listen();
    await beginToSpeak();
    await mark('muted');
    bench.microphones.mute(microphone, true);
    if (shows.tellsMute) {
      await until(bench.engine, 'interruption', ({ phase }) => phase === 'interrupted');
      expect((await last(4_000)).phase).toBe('interrupted');
      bench.microphones.mute(microphone, false);
      await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
      const report = await expectQuestion(microphone);
      expect(since(report, 'muted')).not.toContain('recovering');
      expectSaidPart(report);
      return;
    }
    const report = await until(bench.engine, 'failure', ({ phase }) => phase === 'failed');
    tell('muted to failed', report, 'muted', 'failed');
    expect(ofType(report, 'failed')).toMatchObject([{ code: 'silent' }]);
    expect(since(report, 'muted').filter((phase) => phase === 'recovering')).toHaveLength(1);
    bench.microphones.mute(microphone, false);
  });

  it('goes on by itself when the audio context was suspended', async () => {
    await listen();
    await beginToSpeak();
    await mark('suspended');
    await bench.engine.evaluate('void probe.contexts.at(-1).suspend()');
    const back = await until(bench.engine, 'listening', (report) => {
      const phases = since(report, 'suspended');
      return phases.includes('interrupted') && phases.at(-1) === 'listening';
    });
    tell('interrupted to listening', back, 'interrupted', 'listening');
    const report = await expectQuestion(microphone);
    expectSaidPart(report);
    expect(since(report, 'suspended')).not.toContain('recovering');
    expect(report.openContextCount).toBe(1);
  });

  it('builds its audio context anew when the clock stands still though it says that it runs', async () => {
    await listen();
    await beginToSpeak();
    await mark('frozen');
    bench.microphones.suspendSpeakers(true);
    const noticed = await until(bench.engine, 'recovery', ({ phase }) => phase === 'recovering');
    tell('frozen to recovering', noticed, 'frozen', 'recovering');
    await last(shows.standsStillMs);
    bench.microphones.suspendSpeakers(false);
    await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
    const report = await expectQuestion(microphone);
    // What the standing thread held was not lost: it was posted when it came back.
    expectSaidPart(report);
  });

  it('ends a query once though the clock stands still when it is stopped', async () => {
    await listen();
    await beginToSpeak();
    bench.microphones.suspendSpeakers(true);
    // What is on its way is heard out first; a second later the standing clock would be noticed.
    await last(800);
    await bench.engine.evaluate('void probe.pipeline.stop()');
    await until(bench.engine, 'the end', ({ phase }) => phase === 'idle');
    bench.microphones.suspendSpeakers(false);
    // What the standing thread held comes late, and no other end with it.
    const report = await until(bench.engine, 'the text', (report) => textOf(report) !== '');
    expectSaidPart(report);
    expect(ofType(await last(3_000), 'queryend')).toMatchObject([{ reason: 'stopped' }]);
  });

  it('goes on when a headset takes over from both microphone and speakers', async () => {
    await listen();
    await beginToSpeak();
    await mark('route');
    bench.microphones.plugSpeakers('earpiece', 16_000);
    const headset = bench.plug('headset', 16_000);
    bench.microphones.unplug(microphone);
    // Sound that the system leads to the headset by itself needs no recovery.
    await hear(4);
    await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
    const report = await expectQuestion(headset);
    expectSaidPart(report);
    const rates = ofType(report, 'context').map(({ rateHz }) => rateHz);
    console.log(`${name}: ${since(report, 'route').join(', ')}; contexts at ${rates.join(', then ')} Hz`);
    expect(ofType(report, 'segment').at(-1)?.metrics?.deviceRateHz).toBe(rates.at(-1));
  });

  it('gives back all microphones and audio contexts in fifty presses', async () => {
    await listen();
    for (let count = 1; ; count++) {
      await bench.engine.evaluate('void probe.pipeline.stop()');
      const report = await until(bench.engine, 'the end', ({ phase }) => phase === 'idle');
      expect(report.liveTrackCount).toBe(0);
      expect(report.openContextCount).toBeLessThanOrEqual(1);
      expect(ofType(report, 'queryend')).toHaveLength(count);
      expect([...ofType(report, 'failed'), ...ofType(report, 'unhandled')]).toEqual([]);
      if (count === CYCLE_COUNT) break;
      await bench.engine.click('#start');
      await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
    }
    await bench.engine.click('#start');
    await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
    await expectQuestion(microphone);
  });

  it('closes the microphone when the page is left, and is usable when it comes back', async () => {
    await listen();
    await beginToSpeak();
    await bench.engine.evaluate("void setTimeout(() => { location.href = '/away'; })");
    await expect.poll(() => bench.engine.evaluate('document.title').catch(String), SOON).toBe('Away');
    await bench.engine.evaluate('void setTimeout(() => history.back())');
    const back = await until(bench.engine, 'the page', ({ phase }) => phase === 'idle');
    expect(back.liveTrackCount).toBe(0);
    const wasPutAside = ofType(back, 'pageshow').some(({ persisted }) => persisted === true);
    console.log(`${name}: the page was ${wasPutAside ? 'put aside and came back' : 'loaded anew'}`);
    expect(wasPutAside).toBe(shows.putsPagesAside);
    if (wasPutAside) {
      expect(ofType(back, 'queryend')).toMatchObject([{ reason: 'stopped' }]);
      expectSaidPart(back);
    }
    await bench.engine.click('#start');
    await until(bench.engine, 'listening', ({ phase }) => phase === 'listening');
    await expectQuestion(microphone);
  });

  it('listens for 30 s in a page that nobody sees, then stops and keeps what was said', async () => {
    await listen({ queryEndMs: 120_000, noSpeechMs: 120_000 });
    await bench.engine.hide();
    await until(bench.engine, 'hiding', ({ events }) => events.some(({ type }) => type === 'page-hidden'));
    await expectQuestion(microphone);
    const report = await until(bench.engine, 'the end', ({ phase }) => phase === 'idle', 45_000);
    tell('hidden to stopped', report, 'page-hidden', 'queryend');
    const [hidden] = ofType(report, 'page-hidden');
    const [ended] = ofType(report, 'queryend');
    expect(ended).toMatchObject({ reason: 'stopped' });
    expect((ended?.atMs ?? 0) - (hidden?.atMs ?? 0)).toBeGreaterThan(29_000);
    expect(report.liveTrackCount).toBe(0);
    await bench.engine.show();
  });
});
