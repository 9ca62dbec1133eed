import { normalisedWords } from '../../src/evaluation/text-normaliser.ts';
import { countClipErrors } from '../../src/evaluation/word-error-rate.ts';
import { clipFacts, type Scene, sceneSamples, wavFile } from './recording.ts';
import { rawText } from './server.ts';
import { expect, test } from './voice-test.ts';

interface Case extends Scene {
  readonly name: string;
  readonly clip: string;
  /** Most words that may be wrong, as a share of the words said: one more than the recogniser alone got wrong in the clip. */
  readonly maxWordErrorRate: number;
  /** Most bytes sent for each byte heard. */
  readonly maxSentShare: number;
}

const CASES: readonly Case[] = [
  { name: 'an order', clip: '08b22cb8.flac', maxWordErrorRate: 0.43, maxSentShare: 0.3 },
  {
    name: 'an order in a quiet room',
    clip: '8b705c12.flac',
    room: 'quiet',
    maxWordErrorRate: 0.12,
    maxSentShare: 0.35,
  },
  { name: 'a sentence', clip: '3005-163389-0002.flac', maxWordErrorRate: 0.15, maxSentShare: 0.35 },
  { name: 'a sentence recorded at 48 kHz', clip: 'vctk_p286_011.flac', maxWordErrorRate: 0.2, maxSentShare: 0.5 },
  {
    name: 'a question with silence around it',
    clip: 'brooklyn_bridge_padded.flac',
    maxWordErrorRate: 0.17,
    maxSentShare: 0.25,
  },
  { name: 'an order 30 dB down', clip: '165bced7.flac', gainDb: -30, maxWordErrorRate: 0.08, maxSentShare: 0.4 },
  {
    name: 'a sentence 45 dB down',
    clip: '533-1066-0008.flac',
    gainDb: -45,
    maxWordErrorRate: 0.08,
    maxSentShare: 0.5,
  },
  {
    name: 'a sentence recorded at 22 kHz, 45 dB down',
    clip: 'LJ001-0008.flac',
    gainDb: -45,
    maxWordErrorRate: 0.25,
    maxSentShare: 0.3,
  },
  {
    name: 'an order 10 dB over rain',
    clip: 'd40a1330.flac',
    room: 'rain',
    snrDb: 10,
    maxWordErrorRate: 0.15,
    maxSentShare: 0.4,
  },
  {
    name: 'a question 15 dB over the washing-up',
    clip: 'whats_the_weather_like.flac',
    room: 'dishes',
    snrDb: 15,
    maxWordErrorRate: 0.2,
    maxSentShare: 0.3,
  },
  {
    // Past 8 s without a word the page stops listening, and 1 s after the last one: no pause can be longer.
    name: 'a sentence after 7 s of silence and before 10 s more',
    clip: '3005-163389-0002.flac',
    room: 'quiet',
    leadSeconds: 7,
    tailSeconds: 10,
    maxWordErrorRate: 0.15,
    maxSentShare: 0.15,
  },
];

/** Words that cutting and levelling may cost on the same sound, over what the recogniser gets from it untouched. */
const MARGIN_WORDS = 1;

for (const { name, maxWordErrorRate, maxSentShare, ...scene } of CASES) {
  test(`reads ${name}`, async ({ openPageHearing, server }, testInfo) => {
    const { transcript } = clipFacts(scene.clip);
    const voice = await openPageHearing(scene);
    await voice.press();
    const text = await voice.heardText();
    const raw = await rawText(server.origin, wavFile(sceneSamples(scene)));
    testInfo.annotations.push({ type: 'text', description: text }, { type: 'raw', description: raw });

    const errors = countClipErrors(transcript, text, 'english');
    expect(errors.editCount / errors.wordCount).toBeLessThanOrEqual(maxWordErrorRate);
    const rawErrors = countClipErrors(transcript, raw, 'english');
    expect(errors.editCount).toBeLessThanOrEqual(rawErrors.editCount + MARGIN_WORDS);

    const said = normalisedWords(transcript, 'english');
    const read = normalisedWords(text, 'english');
    expect([read.at(0), read.at(-1)]).toEqual([said.at(0), said.at(-1)]);

    await expect(voice.transcript).toHaveText(text);
    // Every text has an answer: dishes for what is on the menu, words for what is not.
    await expect(voice.heading).toContainText(text.replace(/\.$/, ''));
    if (clipFacts(scene.clip).set === 'coffee-orders') expect(await voice.results.count()).toBeGreaterThan(0);

    const { sentKb, heardKb } = await voice.transferredKb();
    const sentBytes = await voice.sentBytes();
    expect(Math.abs(sentBytes / 1000 - sentKb)).toBeLessThanOrEqual(0.5);
    expect(sentBytes / (heardKb * 1000)).toBeGreaterThan(0);
    expect(sentBytes / (heardKb * 1000)).toBeLessThanOrEqual(maxSentShare);
    expect(voice.troubles).toEqual([]);
  });
}

test('sends nothing of a room in which nobody speaks', async ({ openPageHearing }) => {
  const voice = await openPageHearing({ room: 'quiet', tailSeconds: 10 });
  await voice.press();
  await expect(voice.status).toHaveText("I didn't hear anything.", { timeout: 15_000 });
  expect(await voice.sentBytes()).toBe(0);
  const { sentKb, heardKb } = await voice.transferredKb();
  expect(sentKb).toBe(0);
  // About 8 s of 16-bit samples at the 44.1 kHz or more of Chromium's device.
  expect(heardKb).toBeGreaterThan(7.5 * 2 * 44.1);
  expect(voice.troubles).toEqual([]);
});
