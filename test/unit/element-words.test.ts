import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSureEnough } from '../../src/element/automation.ts';
import { QueryHistory } from '../../src/element/query-history.ts';
import type { VoiceSettings } from '../../src/element/settings.ts';
import { type ShownState, shownState, type WordContext } from '../../src/element/shown-state.ts';
import { isMicrophoneFailure, isMicrophoneOpen, VOICE_PHASES, type VoiceState } from '../../src/element/voice-state.ts';
import { ENGLISH_LATER, howToAllow } from '../../src/element/words/english-later.ts';
import { messagesIn } from '../../src/element/words/languages.ts';
import { ENGLISH, fillIn, type KnownMessages } from '../../src/element/words/messages.ts';
import type { SpeechErrorCode } from '../../src/index.ts';

const CODES: readonly SpeechErrorCode[] = [
  ...(['assets', 'offline', 'unreachable', 'timeout', 'busy', 'unauthorised', 'rejected', 'server'] as const),
  ...(['bad-answer', 'recogniser', 'internal'] as const),
];

/** One of every state, and of every error. */
const STATES: readonly VoiceState[] = [
  ...VOICE_PHASES.flatMap((phase): VoiceState[] => {
    if (isMicrophoneFailure(phase)) return [{ phase }];
    switch (phase) {
      case 'requesting':
        return [false, true].map((isReconnecting) => ({ phase, isReconnecting, isStopping: false }));
      case 'listening':
      case 'speaking':
        return [{ phase, hint: 'too-quiet', partial: '', isStopping: false }];
      case 'interrupted':
        return [{ phase, isStopping: false }];
      case 'processing':
        return [{ phase, isLong: true, partial: '' }];
      case 'result':
        return [{ phase, text: 'tea.' }];
      case 'uncertain':
        return (['unsure', 'typed', 'late'] as const).map((why) => ({ phase, text: 'tea.', why }));
      case 'error':
        return CODES.flatMap((code) => [true, false].map((isKept) => ({ phase, code, isKept, text: 'tea' })));
      default:
        return phase === 'idle' ? [] : [{ phase }];
    }
  }),
];

async function wordsIn(language: string): Promise<KnownMessages> {
  return { ...ENGLISH_LATER, ...(await messagesIn(language)) };
}

function shown(state: VoiceState, messages: KnownMessages): ShownState {
  const context: WordContext = {
    messages,
    host: 'speech.example',
    predict: 'server',
    howToAllow: howToAllow(messages, 'Firefox/140'),
    isQueueing: false,
    isUndoable: true,
  };
  return shownState(state, context);
}

describe('the words of every state', () => {
  it.each(['en', 'de', 'es', 'ar'])('are there in %s, with no place left open', async (language) => {
    const messages = await wordsIn(language);
    for (const state of STATES) {
      const { words } = shown(state, messages);
      expect(words, JSON.stringify(state)).not.toMatch(/[{}]|undefined|^$/);
    }
  });

  it.each(['de', 'es', 'ar'])('are translated one and all to %s, with the same places', async (language) => {
    const english: Readonly<Record<string, string>> = { ...ENGLISH, ...ENGLISH_LATER };
    const translated: Readonly<Record<string, string>> = { ...(await messagesIn(language)) };
    expect(Object.keys(translated).sort()).toEqual(Object.keys(english).sort());
    const places = (message: string | undefined): string[] => (message?.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, message] of Object.entries(english)) {
      expect(places(translated[key]), key).toEqual(places(message));
      if (key !== 'direction') expect(translated[key], key).not.toBe(message);
    }
  });

  it('offer a way on from every problem that can be mended, and none while the microphone hears', () => {
    const messages = { ...ENGLISH, ...ENGLISH_LATER };
    for (const state of STATES) {
      const { tone, actions } = shown(state, messages);
      const isBeyond = /policy|insecure|unsupported|unauthorised/.test(JSON.stringify(state));
      if (tone === 'problem') expect(actions.length === 0, JSON.stringify(state)).toBe(isBeyond);
      if (isMicrophoneOpen(state) && state.phase !== 'interrupted') expect(actions).toEqual([]);
    }
  });

  it('keep a text in its own direction, whatever it holds', () => {
    expect(fillIn("Heard '{text}'.", { text: 'قهوة' })).toBe("Heard '\u2068قهوة\u2069'.");
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(fillIn('<{text}>', { text })).toBe(`<\u2068${text}\u2069>`);
      }),
    );
  });
});

describe('a text is searched unasked', () => {
  const settings: VoiceSettings = {
    pipeline: {},
    maxDurationMs: 0,
    isHold: false,
    isConfirmed: false,
    tau: undefined,
    hasEarcons: false,
    hasHaptics: false,
  };

  it.each([
    ['L4', undefined, true],
    ['L4', 0.1, true],
    ['L3', 0.8, true],
    ['L3', 0.79, false],
    ['L3', undefined, false],
    ['L2', 1, false],
    ['L0', 1, false],
  ] as const)('at level %s with confidence %s: %s', (automationLevel, confidence, isSure) => {
    expect(isSureEnough(confidence, settings, { automationLevel, tau: 0.8 })).toBe(isSure);
  });

  it('as the site says, where it says so', () => {
    const full = { automationLevel: 'L4', tau: 0 } as const;
    expect(isSureEnough(1, { ...settings, isConfirmed: true }, full)).toBe(false);
    expect(isSureEnough(0.5, { ...settings, tau: 0.6 }, full)).toBe(false);
    expect(isSureEnough(0.6, { ...settings, tau: 0.6 }, full)).toBe(true);
  });
});

describe('undo', () => {
  it('walks back and forth over any number of spoken texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        const history = new QueryHistory();
        const distinct = texts.filter((text, index) => text !== (index === 0 ? '' : texts[index - 1]));
        let before = '';
        for (const text of texts) {
          history.replace(before, text);
          before = text;
        }
        const walked: string[] = [];
        for (let text = history.undo(); text !== undefined; text = history.undo()) walked.push(text);
        expect(walked).toEqual(['', ...distinct].reverse().slice(1));
        const again: string[] = [];
        for (let text = history.redo(); text !== undefined; text = history.redo()) again.push(text);
        expect(again).toEqual(distinct);
      }),
    );
  });

  it("is the text field's own once somebody typed", () => {
    const history = new QueryHistory();
    history.replace('', 'tea');
    history.touch();
    expect(history.undo()).toBeUndefined();
    history.replace('tea with milk', 'mocha');
    expect(history.undo()).toBe('tea with milk');
  });
});
