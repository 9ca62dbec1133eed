import { INITIAL_MODEL, stepVoice, type VoiceModel } from '../../src/element/state-model.ts';
import type { VoiceInput, VoiceState } from '../../src/element/voice-state.ts';
import type { SpeechErrorCode } from '../../src/index.ts';

/** One picture of the element: what happened before, and what stands in the field. */
export interface Scene {
  readonly name: string;
  readonly state: VoiceState;
  /** Text in the field. */
  readonly value: string;
  /** The microphone hears: the meter moves. */
  readonly isHearing: boolean;
}

/** What is said in each language that the pictures are in. */
export interface Sayings {
  readonly query: string;
  readonly longQuery: string;
}

const RUN = 1;
const PRESS = { type: 'press', ends: 'auto', isPrimed: true } as const satisfies VoiceInput;
const audio = (now: 'listening' | 'speaking' | 'interrupted' | 'reconnecting' | 'closed'): VoiceInput => ({
  type: 'audio',
  run: RUN,
  now,
});
const LISTENING: readonly VoiceInput[] = [PRESS, audio('listening')];
const SPEAKING: readonly VoiceInput[] = [...LISTENING, audio('speaking')];
const CLOSED: readonly VoiceInput[] = [...SPEAKING, audio('closed')];

const MICROPHONE_FAILURES: readonly SpeechErrorCode[] = [
  ...(['denied', 'policy', 'insecure', 'no-device', 'in-use', 'lost', 'silent', 'starved', 'unsupported'] as const),
];
const DELIVERY_FAILURES: readonly SpeechErrorCode[] = ['offline', 'server', 'timeout', 'unauthorised'];

/** Every state that the element can show, each reached by inputs that lead to it. */
export function scenes({ query, longQuery }: Sayings): Scene[] {
  const failed = (code: SpeechErrorCode, isKept: boolean, text = ''): VoiceInput[] => [
    ...(MICROPHONE_FAILURES.includes(code) ? LISTENING : CLOSED),
    { type: 'failed', run: RUN, code, isKept, text },
  ];
  const heard = (text: string, isSure: boolean): VoiceInput => ({ type: 'heard', run: RUN, text, isSure });
  const partial: VoiceInput = { type: 'heard-so-far', run: RUN, text: query };
  const inputs: readonly (readonly [name: string, inputs: readonly VoiceInput[], value?: string])[] = [
    ['idle', []],
    ['idle with a text', [], longQuery],
    ['offline', [{ type: 'offline' }]],
    ['priming', [{ ...PRESS, isPrimed: false }]],
    ['requesting', [PRESS]],
    ['reconnecting', [...LISTENING, audio('reconnecting')]],
    ['listening', LISTENING],
    ['listening, too quiet', [...LISTENING, { type: 'level', run: RUN, hint: 'too-quiet' }]],
    ['speaking', [...SPEAKING, partial]],
    ['speaking, too loud', [...SPEAKING, { type: 'level', run: RUN, hint: 'too-loud' }]],
    ['interrupted', [...LISTENING, audio('interrupted')]],
    ['processing', [...CLOSED, partial, { type: 'slow', run: RUN }]],
    ['result', [...CLOSED, heard(query, true)], query],
    ['uncertain', [...CLOSED, heard(longQuery, false)]],
    ['typed meanwhile', [...SPEAKING, { type: 'typed' }, audio('closed'), heard(query, true)], longQuery],
    ['late', [{ type: 'late', text: query }]],
    ['no-speech', [...CLOSED, heard('', true)]],
    ...MICROPHONE_FAILURES.map((code) => [code, failed(code, false)] as const),
    ...DELIVERY_FAILURES.map((code) => [`error, ${code}`, failed(code, code !== 'unauthorised')] as const),
    ['error, partly heard', failed('server', true, query), query],
  ];
  return inputs.map(([name, steps, value = '']) => {
    const { state } = steps.reduce<VoiceModel>((model, input) => stepVoice(model, input).model, INITIAL_MODEL);
    return { name, state, value, isHearing: state.phase === 'listening' || state.phase === 'speaking' };
  });
}
