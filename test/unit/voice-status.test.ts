import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type VoiceOutcome, type VoiceSituation, voiceStatus } from '../../src/app/voice-status.ts';
import { browserFamily } from '../../src/element/browser-family.ts';
import { type PipelineState, SpeechError, type SpeechErrorCode } from '../../src/index.ts';

/** A record, so that the compiler asks for a code that is added later. */
const EVERY_CODE: Readonly<Record<SpeechErrorCode, true>> = {
  denied: true,
  policy: true,
  insecure: true,
  'no-device': true,
  'in-use': true,
  lost: true,
  silent: true,
  starved: true,
  unsupported: true,
  assets: true,
  offline: true,
  unreachable: true,
  timeout: true,
  busy: true,
  unauthorised: true,
  rejected: true,
  server: true,
  'bad-answer': true,
  recogniser: true,
  internal: true,
};
const CODES = Object.keys(EVERY_CODE) as SpeechErrorCode[];

const AT_REST: VoiceSituation = {
  state: { phase: 'idle' },
  outcome: { kind: 'none' },
  isRetrying: false,
  isWaitLong: false,
  levelHint: 'none',
  isOnline: true,
  isRecogniserHere: false,
  isUndoable: false,
  host: 'cafe.example',
  browser: 'firefox',
  isQueueStored: false,
};

const inState = (state: PipelineState, more: Partial<VoiceSituation> = {}) =>
  voiceStatus({ ...AT_REST, ...more, state });
const once = (outcome: VoiceOutcome, more: Partial<VoiceSituation> = {}) =>
  voiceStatus({ ...AT_REST, ...more, outcome });
const failedState = (code: SpeechErrorCode): PipelineState => ({
  phase: 'failed',
  error: new SpeechError(code, 'from the pipeline'),
});
/** Without the marks that let a foreign text run in its own direction. */
const plain = (words: string) => words.replaceAll(/[\u2068\u2069]/g, '');
const actionsOf = (status: ReturnType<typeof voiceStatus>) => status.actions.map(({ action }) => action);

describe('the words for each state', () => {
  it('follows the microphone from permission to hearing', () => {
    expect(inState({ phase: 'requesting' }).words).toBe('Waiting for permission…');
    expect(inState({ phase: 'listening', queryId: 1, isSpeaking: false }).words).toBe('Listening…');
    expect(inState({ phase: 'listening', queryId: 1, isSpeaking: true }).words).toBe('Hearing you…');
  });

  it('adds a hint on the level while listening', () => {
    const speaking = { phase: 'listening', queryId: 1, isSpeaking: true } as const;
    expect(inState(speaking, { levelHint: 'too-quiet' }).words).toMatch(/^Hearing you… Too quiet/);
    expect(inState(speaking, { levelHint: 'too-loud' }).words).toMatch(/^Hearing you… Too loud/);
  });

  it('says "Transcribing…" only once the wait is long', () => {
    const finishing = { phase: 'finishing', queryId: 1 } as const;
    expect(inState(finishing).words).toBe('');
    expect(inState(finishing, { isWaitLong: true }).words).toBe('Transcribing…');
  });

  it('quotes what was heard and offers to undo it', () => {
    const status = once({ kind: 'heard', text: 'an iced mocha', placing: 'in-field' }, { isUndoable: true });
    expect(plain(status.words)).toBe("Heard 'an iced mocha'. Edit it or try again.");
    expect(actionsOf(status)).toEqual(['undo', 'start']);
  });

  it('offers what was heard when its speaker typed meanwhile', () => {
    const status = once({ kind: 'heard', text: 'an iced mocha', placing: 'offered' });
    expect(status.words).toContain("Heard 'an iced mocha'.");
    expect(actionsOf(status)).toEqual(['use-heard']);
  });

  it('offers another try when nothing was heard', () => {
    const status = once({ kind: 'no-speech' });
    expect(status.words).toBe("I didn't hear anything.");
    expect(status.actions).toEqual([{ action: 'start', label: 'Try again' }]);
  });

  it('offers to resume a microphone that the system paused', () => {
    const status = inState({ phase: 'interrupted', queryId: 1 });
    expect(status.words).toBe('Microphone paused by the system.');
    expect(status.actions).toEqual([{ action: 'resume', label: 'Resume' }]);
  });

  it('says before a press that the device is offline, and what works nevertheless', () => {
    expect(once({ kind: 'none' }, { isOnline: false }).words).toMatch(/offline.*typing/i);
    expect(once({ kind: 'none' }, { isOnline: false, isRecogniserHere: true }).words).toMatch(/offline.*speaking/i);
  });
});

describe('the words for each failure', () => {
  it('differ from code to code', () => {
    const words = CODES.map((code) => inState(failedState(code)).words);
    expect(new Set(words).size).toBe(CODES.length);
    expect(words.filter((text) => text.trim() === '')).toEqual([]);
  });

  it('name the server that speech went to', () => {
    for (const code of ['unreachable', 'timeout', 'busy', 'unauthorised', 'server', 'bad-answer'] as const) {
      expect(once({ kind: 'failed', code, text: '' }).words).toContain('cafe.example');
    }
  });

  it('keep the failed words for sending again, and start anew where the microphone failed', () => {
    expect(actionsOf(once({ kind: 'failed', code: 'unreachable', text: '' }))).toEqual(['retry']);
    expect(actionsOf(once({ kind: 'failed', code: 'rejected', text: '' }))).toEqual(['start']);
    expect(actionsOf(inState(failedState('no-device')))).toEqual(['start']);
  });

  it('show what was heard of a query that arrived in part', () => {
    const status = once({ kind: 'failed', code: 'timeout', text: 'two lattes' });
    expect(plain(status.words)).toContain("'two lattes'");
    expect(status.words).toContain('too long');
  });

  it('offer no button where pressing it cannot help', () => {
    for (const code of ['policy', 'insecure', 'unsupported', 'unauthorised'] as const) {
      expect(actionsOf(inState(failedState(code)))).toEqual([]);
    }
  });

  it('say how to serve over https where plain http gives no microphone', () => {
    expect(inState(failedState('insecure')).words).toMatch(/http.*phones.*ossicle serve --https/);
  });

  it('tell each browser its own way to allow the microphone', () => {
    const families = [
      'chromium-desktop',
      'chromium-android',
      'firefox',
      'firefox-android',
      'safari-mac',
      'safari-ios',
      'other',
    ] as const;
    const words = families.map((browser) => inState(failedState('denied'), { browser }).words);
    expect(new Set(words).size).toBe(families.length);
    expect(inState(failedState('denied')).actions).toEqual([{ action: 'start', label: 'Retry' }]);
  });
});

describe('what is read aloud', () => {
  const queryId = fc.nat();
  const state = fc.oneof(
    fc.constant<PipelineState>({ phase: 'idle' }),
    fc.constant<PipelineState>({ phase: 'requesting' }),
    fc.constant<PipelineState>({ phase: 'starting' }),
    fc.record({ phase: fc.constant('listening' as const), queryId, isSpeaking: fc.boolean() }),
    fc.record({ phase: fc.constantFrom('finishing' as const, 'interrupted' as const, 'recovering' as const), queryId }),
    fc.constantFrom(...CODES).map(failedState),
  );
  const text = fc.string();
  const outcome = fc.oneof(
    fc.constantFrom<VoiceOutcome>({ kind: 'none' }, { kind: 'cancelled' }, { kind: 'no-speech' }),
    fc.record({
      kind: fc.constant('heard' as const),
      text,
      placing: fc.constantFrom('in-field' as const, 'offered' as const),
    }),
    fc.record({ kind: fc.constant('failed' as const), code: fc.constantFrom(...CODES), text }),
  );
  const situation: fc.Arbitrary<VoiceSituation> = fc.record({
    state,
    outcome,
    isRetrying: fc.boolean(),
    isWaitLong: fc.boolean(),
    levelHint: fc.constantFrom('none' as const, 'too-quiet' as const, 'too-loud' as const),
    isOnline: fc.boolean(),
    isRecogniserHere: fc.boolean(),
    isUndoable: fc.boolean(),
    host: fc.constant('cafe.example'),
    browser: fc.constantFrom('firefox' as const, 'safari-ios' as const),
    isQueueStored: fc.boolean(),
  });

  it('is nothing while a microphone could hear it, in any situation', () => {
    fc.assert(
      fc.property(situation, (any) => {
        const hears = ['requesting', 'starting', 'listening', 'recovering', 'finishing'].includes(any.state.phase);
        expect(hears && voiceStatus(any).isSpoken).toBe(false);
      }),
    );
  });

  it('comes with a button pressed in exactly while the microphone is open', () => {
    const open = ['requesting', 'starting', 'listening', 'interrupted', 'recovering'];
    fc.assert(
      fc.property(situation, (any) => {
        expect(voiceStatus(any).isPressed).toBe(open.includes(any.state.phase));
      }),
    );
  });
});

describe('the browser a user agent belongs to', () => {
  // Source: the browsers' own documentation of their user agent strings.
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'firefox'],
    ['Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0', 'firefox-android'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
      'chromium-desktop',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
      'chromium-android',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
      'safari-mac',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1',
      'safari-ios',
    ],
    ['SomethingElse/1.0', 'other'],
  ])('%s is %s', (userAgent, family) => {
    expect(browserFamily(userAgent)).toBe(family);
  });
});
