import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import { clipFacts } from '../e2e/recording.ts';
import { availableEngines, Bench } from './bench.ts';
import { until } from './engine.ts';
import type { VirtualMicrophone } from './virtual-microphones.ts';

const QUESTION = 'whats_the_weather_like.flac';
const QUESTION_WORDS = normalisedWords(clipFacts(QUESTION).transcript, 'plain');

describe.each(availableEngines().map((name) => ({ name })))('<voice-search> in $name', ({ name }) => {
  let bench: Bench;
  let microphone: VirtualMicrophone;

  beforeAll(async () => {
    bench = await Bench.open(name);
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    microphone = bench.plug('desk');
  });
  afterEach(() => bench.clear());

  /** Opens the page with the tag and presses. */
  async function listen(): Promise<void> {
    const { engine, probe } = bench;
    await engine.goto(probe.widgetUrl);
    await until(engine, 'the page', ({ events }) => events.some(({ type }) => type === 'ready'));
    await engine.click('#start');
    await until(engine, 'listening', ({ phase }) => phase === 'listening');
  }

  it('turns speech into a text that is searched, and gives the microphone back', async () => {
    await listen();
    await bench.say(QUESTION, microphone);
    const report = await until(bench.engine, 'a result', ({ phase }) => phase === 'result');
    const searched = report.events.filter(({ type }) => type === 'search').map(({ text = '' }) => text);
    expect(searched.map((text) => normalisedWords(text, 'plain'))).toEqual([QUESTION_WORDS]);
    expect(await bench.engine.evaluate('probe.element.value')).toBe(searched[0]);
    expect(report.liveTrackCount).toBe(0);
    expect(report.events.filter(({ type }) => type === 'unhandled' || type === 'fault')).toEqual([]);
  });

  it('gives the microphone back at once when it leaves the page', async () => {
    await listen();
    const liveTrackCount = '(probe.element.remove(), probe.report().liveTrackCount)';
    expect(await bench.engine.evaluate(liveTrackCount)).toBe(0);
  });
});
