import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INITIAL_MODEL, stepVoice, type VoiceModel, type VoiceStep } from '../../src/element/state-model.ts';
import {
  isMicrophoneOpen,
  VOICE_PHASES,
  type VoiceEffect,
  type VoiceInput,
  type VoicePhase,
} from '../../src/element/voice-state.ts';
import type { SpeechErrorCode } from '../../src/index.ts';

const RUNS = { numRuns: 10_000 };

const REFUSALS: readonly SpeechErrorCode[] = ['denied', 'policy', 'insecure', 'no-device', 'in-use', 'unsupported'];
const LOSSES: readonly SpeechErrorCode[] = ['lost', 'silent', 'starved'];
const DELIVERY: readonly SpeechErrorCode[] = ['offline', 'unreachable', 'timeout', 'server', 'rejected', 'internal'];

/** A pipeline as the model sees it: a microphone that really is open or closed, and texts that come afterwards. */
class World {
  model: VoiceModel = INITIAL_MODEL;
  isOpen = false;
  /** `asking`: for the microphone; `hearing`: audio flows; `waiting`: for texts; `resending`: for those that waited. */
  phase: 'none' | 'asking' | 'hearing' | 'waiting' | 'resending' = 'none';
  isClosing = false;
  run = 0;
  readonly opened: number[] = [];
  readonly seen = new Set<VoicePhase>([INITIAL_MODEL.state.phase]);
  isTypingSafe = false;

  step(input: VoiceInput): VoiceStep {
    const before = this.model;
    const taken = stepVoice(before, input);
    this.model = taken.model;
    if (input.type === 'typed') this.isTypingSafe = true;
    if (input.type === 'accept' || input.type === 'edit') this.isTypingSafe = false;
    for (const effect of taken.effects) this.#carryOut(effect);
    this.seen.add(this.model.state.phase);
    this.#check(taken.effects);
    return taken;
  }

  /** The pipeline does the next thing that it may do. */
  advance(draw: number, text: string): void {
    const { run } = this;
    const pick = <T>(from: readonly T[]): T => from[Math.floor(draw / 100) % from.length]!;
    switch (this.phase) {
      case 'none':
        return;
      case 'asking': {
        if (draw % 3 === 0) {
          this.#fail(pick(REFUSALS));
          return;
        }
        this.phase = 'hearing';
        this.step({ type: 'audio', run, now: 'listening' });
        return;
      }
      case 'hearing': {
        if (this.isClosing || draw % 7 === 0) {
          this.#close();
          return;
        }
        if (draw % 11 === 0) {
          this.#fail(pick(LOSSES));
          return;
        }
        if (draw % 5 === 0) this.step({ type: 'heard-so-far', run, text });
        if (draw % 5 === 1) this.step({ type: 'level', run, hint: pick(['none', 'too-quiet', 'too-loud']) });
        this.step({ type: 'audio', run, now: pick(['listening', 'speaking', 'interrupted', 'reconnecting'] as const) });
        return;
      }
      case 'waiting':
      case 'resending': {
        if (draw % 3 === 0) this.step({ type: 'slow', run });
        const wasResending = this.phase === 'resending';
        this.phase = 'none';
        if (draw % 4 === 1) {
          this.step({ type: 'failed', run, code: pick(DELIVERY), text, isKept: draw % 2 === 1 });
        } else if (wasResending && draw % 4 === 2) {
          this.step({ type: 'settled', run });
        } else {
          this.step({ type: 'heard', run, text, isSure: draw % 2 === 0 });
        }
      }
    }
  }

  #close(): void {
    this.isOpen = false;
    this.isClosing = false;
    this.phase = 'waiting';
    this.step({ type: 'audio', run: this.run, now: 'closed' });
  }

  #fail(code: SpeechErrorCode): void {
    const { run } = this;
    // A microphone that fails while it hears leaves what was said before.
    this.phase = this.phase === 'hearing' ? 'waiting' : 'none';
    this.isOpen = false;
    this.isClosing = false;
    this.step({ type: 'failed', run, code, text: '', isKept: false });
  }

  #carryOut(effect: VoiceEffect): void {
    switch (effect.type) {
      case 'open':
        if (this.isOpen) throw new Error('The microphone is opened while it is open.');
        if (this.opened.includes(effect.run)) throw new Error(`Press ${effect.run} opens the microphone twice.`);
        this.opened.push(effect.run);
        this.isTypingSafe = false;
        this.isOpen = true;
        this.isClosing = false;
        this.run = effect.run;
        this.phase = 'asking';
        return;
      case 'close':
        if (!this.isOpen || this.isClosing) throw new Error('The microphone is closed twice.');
        this.isClosing = true;
        return;
      case 'drop':
        if (this.phase === 'none') throw new Error('Nothing is there to be dropped.');
        this.isOpen = false;
        this.isClosing = false;
        this.phase = 'none';
        return;
      case 'resend':
        this.phase = 'resending';
        this.run = effect.run;
        return;
      case 'announce':
        if (this.isOpen) throw new Error('Words are read aloud into the open microphone.');
        return;
      case 'place':
        if (this.isTypingSafe) throw new Error('Voice overwrites what was typed.');
        return;
      default:
        return;
    }
  }

  #check(effects: readonly VoiceEffect[]): void {
    if (this.isOpen && !isMicrophoneOpen(this.model.state)) {
      throw new Error(`The microphone is open in ${this.model.state.phase}.`);
    }
    const named = effects.map((effect) => JSON.stringify(effect));
    if (new Set(named).size !== named.length) throw new Error(`An effect comes twice: ${named.join()}`);
  }
}

type Act = { readonly type: 'world'; readonly draw: number; readonly text: string } | VoiceInput;

const text = fc.constantFrom('', 'a flat white', 'tea');
const userInput: fc.Arbitrary<VoiceInput> = fc.oneof(
  fc.record({
    type: fc.constant('press' as const),
    ends: fc.constantFrom('auto' as const, 'manual' as const),
    isPrimed: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('refuse' as const),
    reason: fc.constantFrom('insecure' as const, 'unsupported' as const, 'policy' as const),
  }),
  fc.constantFrom<VoiceInput>(
    ...(
      ['allow', 'type-instead', 'stop', 'cancel', 'leave', 'typed', 'resume', 'accept', 'edit', 'resend'] as const
    ).map((type) => ({ type })),
    ...(['undone', 'online', 'offline'] as const).map((type) => ({ type })),
  ),
  fc.record({ type: fc.constant('late' as const), text }),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('world' as const), draw: fc.nat(10_000), text }) },
  { weight: 1, arbitrary: fc.constant<VoiceInput>({ type: 'press', ends: 'auto', isPrimed: true }) },
  { weight: 2, arbitrary: userInput },
);
const acts = fc.array(act, { maxLength: 40 });

function lived(story: readonly Act[]): World {
  const world = new World();
  for (const each of story) {
    if (each.type === 'world') world.advance(each.draw, each.text);
    else world.step(each);
  }
  return world;
}

function phaseAfter(...inputs: VoiceInput[]): VoicePhase {
  return inputs.reduce((model, input) => stepVoice(model, input).model, INITIAL_MODEL).state.phase;
}

const PRESS: VoiceInput = { type: 'press', ends: 'auto', isPrimed: true };

describe('the states of the element', () => {
  it('never leave the microphone open, opened, closed or spoken into against what they say', () => {
    const seen = new Set<VoicePhase>();
    fc.assert(
      fc.property(acts, (story) => {
        for (const phase of lived(story).seen) seen.add(phase);
      }),
      RUNS,
    );
    // Every state of the table was lived through.
    expect([...seen].sort()).toEqual([...VOICE_PHASES].sort());
  });

  it('are left by Escape, always, with the microphone closed', () => {
    fc.assert(
      fc.property(acts, (story) => {
        const world = lived(story);
        world.step({ type: 'cancel' });
        expect(world.model.state.phase).toBe(world.model.isOnline ? 'idle' : 'offline');
        expect(world.isOpen).toBe(false);
        expect(world.step({ type: 'cancel' }).effects).toEqual([]);
      }),
      RUNS,
    );
  });

  it('are never stuck: a press leads on from every state with a closed microphone', () => {
    fc.assert(
      fc.property(acts, (story) => {
        const world = lived(story);
        if (isMicrophoneOpen(world.model.state)) return;
        world.step(PRESS);
        if (world.model.state.phase === 'priming') world.step({ type: 'allow' });
        expect(world.model.state.phase).toBe('requesting');
        expect(world.isOpen).toBe(true);
      }),
      RUNS,
    );
  });

  it('end by themselves once the microphone has been asked to stop', () => {
    fc.assert(
      fc.property(acts, fc.nat(1000), text, (story, draw, heard) => {
        const world = lived(story);
        world.step({ type: 'stop' });
        for (let i = 0; i < 3; i++) world.advance(draw, heard);
        expect(world.isOpen).toBe(false);
        expect(isMicrophoneOpen(world.model.state)).toBe(false);
        expect(world.model.state.phase).not.toBe('processing');
      }),
      RUNS,
    );
  });

  it('let people type at any time, and tell the switch once a press', () => {
    fc.assert(
      fc.property(acts, (story) => {
        const world = lived(story);
        const wasTyped = world.model.hasTyped;
        const told = world.step({ type: 'typed' }).effects.filter(({ type }) => type === 'tell');
        expect(world.model.hasTyped).toBe(true);
        if (wasTyped) expect(told).toEqual([]);
        expect(world.step({ type: 'typed' }).effects).toEqual([]);
      }),
      RUNS,
    );
  });

  it('take nothing from an earlier press', () => {
    fc.assert(
      fc.property(acts, fc.integer({ min: 1, max: 9 }), text, fc.boolean(), (story, ago, heard, isSure) => {
        const { model } = lived(story);
        const run = model.run - ago;
        const stale: readonly VoiceInput[] = [
          { type: 'heard', run, text: heard, isSure },
          { type: 'failed', run, code: 'lost', text: heard, isKept: true },
          { type: 'audio', run, now: 'listening' },
          { type: 'audio', run, now: 'closed' },
          { type: 'slow', run },
          { type: 'settled', run },
        ];
        for (const input of stale) expect(stepVoice(model, input)).toEqual({ model, effects: [] });
      }),
      RUNS,
    );
  });

  it('ask for permission only after a press, and say first where speech goes', () => {
    fc.assert(
      fc.property(acts, (story) => {
        const presses = story.filter(({ type }) => type === 'press' || type === 'allow').length;
        expect(lived(story).opened.length).toBeLessThanOrEqual(presses);
      }),
      RUNS,
    );
    const first = stepVoice(INITIAL_MODEL, { ...PRESS, isPrimed: false });
    expect(first.effects).toEqual([{ type: 'focus', on: 'panel' }]);
    expect(stepVoice(first.model, { type: 'allow' }).effects).toEqual([
      { type: 'remember-consent' },
      { type: 'open', run: 1, ends: 'auto' },
    ]);
  });
});

describe('a text', () => {
  const HEARD: VoiceInput = { type: 'heard', run: 1, text: 'tea', isSure: true };

  it('goes into the field and is searched when it is sure', () => {
    const { model } = stepVoice(INITIAL_MODEL, PRESS);
    expect(stepVoice(model, HEARD)).toMatchObject({
      model: { state: { phase: 'result', text: 'tea' } },
      effects: [{ type: 'place', text: 'tea' }, { type: 'search' }, { type: 'announce' }],
    });
  });

  it('is offered when it is not sure, or somebody typed meanwhile', () => {
    expect(phaseAfter(PRESS, { ...HEARD, isSure: false })).toBe('uncertain');
    expect(phaseAfter(PRESS, { type: 'typed' }, HEARD)).toBe('uncertain');
    expect(phaseAfter(PRESS, { ...HEARD, isSure: false }, { type: 'accept' })).toBe('result');
    expect(phaseAfter(PRESS, { ...HEARD, isSure: false }, { type: 'edit' })).toBe('idle');
  });

  it('that waited for the network is asked for again when it is back, and offered when it is of an earlier press', () => {
    const lost: VoiceInput = { type: 'failed', run: 1, code: 'offline', text: '', isKept: true };
    const { model } = [PRESS, { type: 'offline' } as const, lost].reduce<VoiceStep>(
      (taken, input) => stepVoice(taken.model, input),
      { model: INITIAL_MODEL, effects: [] },
    );
    expect(stepVoice(model, { type: 'online' }).effects).toEqual([
      { type: 'resend', run: 1 },
      { type: 'await', run: 1 },
    ]);
    expect(phaseAfter({ type: 'late', text: 'tea' })).toBe('uncertain');
  });
});
