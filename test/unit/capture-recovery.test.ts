import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAPTURE_CLOSED,
  type CaptureEffect,
  type CaptureInput,
  type CaptureState,
  type Loss,
  RECOVERY_REST_MS,
  stepCapture,
} from '../../src/capture/capture-machine.ts';
import { SpeechError, type SpeechErrorCode } from '../../src/errors.ts';

const UNPLUGGED: Loss = { error: new SpeechError('lost', 'gone'), end: 'device-lost' };
const FROZEN: Loss = { error: new SpeechError('starved', 'frozen'), end: 'interrupted' };

interface Timed {
  readonly atMs: number;
  readonly input: CaptureInput;
}

/** Lets a query live through what happens to it, and gathers what is done about it. */
function live(...inputs: readonly (CaptureInput | Timed)[]): {
  readonly state: CaptureState;
  readonly effects: readonly CaptureEffect[];
} {
  let state = CAPTURE_CLOSED;
  const effects: CaptureEffect[] = [];
  for (const entry of inputs) {
    const { atMs, input } = 'atMs' in entry ? entry : { atMs: 0, input: entry };
    const step = stepCapture(state, input, atMs);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const OPEN: readonly CaptureInput[] = [{ type: 'open' }, { type: 'opened' }];

describe('a microphone that is lost', () => {
  it('has what was being said flushed with the reason before another is opened', () => {
    const { state, effects } = live(...OPEN, { type: 'lost', loss: UNPLUGGED });
    expect(state.phase).toBe('recovering');
    expect(effects).toEqual([{ type: 'pause', end: 'device-lost' }, { type: 'rebuild' }]);
  });

  it('is listened to again once another is open', () => {
    const { state } = live(...OPEN, { type: 'lost', loss: UNPLUGGED }, { type: 'reopened' });
    expect(state.phase).toBe('listening');
  });

  it('fails with its own reason when there is no other', () => {
    const none: CaptureInput = { type: 'reopen-failed', error: new SpeechError('no-device', 'none') };
    const { state, effects } = live(...OPEN, { type: 'lost', loss: UNPLUGGED }, none);
    expect(state.phase).toBe('closed');
    expect(effects.at(-1)).toEqual({ type: 'fail', error: UNPLUGGED.error });
  });

  it('fails with what hinders the other one', () => {
    for (const code of ['denied', 'in-use', 'starved'] satisfies SpeechErrorCode[]) {
      const error = new SpeechError(code, 'no');
      const { effects } = live(...OPEN, { type: 'lost', loss: UNPLUGGED }, { type: 'reopen-failed', error });
      expect(effects.at(-1)).toEqual({ type: 'fail', error });
    }
  });

  it('is replaced once: the next loss fails, unless sound was heard for a good while', () => {
    const lostAgain = (afterMs: number) =>
      live(
        ...OPEN,
        { type: 'lost', loss: UNPLUGGED },
        { atMs: 1_000, input: { type: 'reopened' } },
        { atMs: 1_000 + afterMs, input: { type: 'lost', loss: FROZEN } },
      );
    const soon = lostAgain(RECOVERY_REST_MS - 1);
    expect(soon.state.phase).toBe('closed');
    expect(soon.effects.slice(-2)).toEqual([
      { type: 'pause', end: 'interrupted' },
      { type: 'fail', error: FROZEN.error },
    ]);
    expect(lostAgain(RECOVERY_REST_MS).state.phase).toBe('recovering');
  });

  it('fails at once when it is lost before it was ever heard', () => {
    const { effects } = live({ type: 'open' }, { type: 'lost', loss: UNPLUGGED });
    expect(effects).toEqual([{ type: 'fail', error: UNPLUGGED.error }]);
  });

  it('fails at once when the permission is withdrawn', () => {
    const refused: Loss = { error: new SpeechError('denied', 'withdrawn'), end: 'device-lost' };
    const { state, effects } = live(...OPEN, { type: 'broken', loss: refused });
    expect(state.phase).toBe('closed');
    expect(effects).toEqual([
      { type: 'pause', end: 'device-lost' },
      { type: 'fail', error: refused.error },
    ]);
  });
});

describe('sound that is taken away', () => {
  it('has what was being said flushed, and is listened to again when everyone gave it back', () => {
    const { state, effects } = live(
      ...OPEN,
      { type: 'taken', by: 'track' },
      { type: 'taken', by: 'context' },
      { type: 'given-back', by: 'track' },
    );
    expect(state.phase).toBe('interrupted');
    expect(effects).toEqual([{ type: 'pause', end: 'interrupted' }]);
    const back = stepCapture(state, { type: 'given-back', by: 'context' }, 0);
    expect(back.state.phase).toBe('listening');
    expect(back.effects).toEqual([{ type: 'resume' }]);
  });

  it('is heard of when it was taken while the microphone opened', () => {
    const { state, effects } = live({ type: 'open' }, { type: 'taken', by: 'track' }, { type: 'opened' });
    expect(state.phase).toBe('interrupted');
    expect(effects).toEqual([{ type: 'pause', end: 'interrupted' }]);
  });

  it('may still be lost', () => {
    const { state } = live(...OPEN, { type: 'taken', by: 'track' }, { type: 'lost', loss: UNPLUGGED });
    expect(state.phase).toBe('recovering');
  });
});

const anyInput: fc.Arbitrary<CaptureInput> = fc.oneof(
  fc.constantFrom<CaptureInput>({ type: 'opened' }, { type: 'reopened' }, { type: 'close' }),
  fc.constantFrom<CaptureInput>(
    { type: 'taken', by: 'track' },
    { type: 'taken', by: 'context' },
    { type: 'given-back', by: 'track' },
    { type: 'given-back', by: 'context' },
  ),
  fc.constantFrom(UNPLUGGED, FROZEN).map((loss): CaptureInput => ({ type: 'lost', loss })),
  fc.constant<CaptureInput>({ type: 'broken', loss: UNPLUGGED }),
  fc.constant<CaptureInput>({ type: 'reopen-failed', error: new SpeechError('in-use', 'busy') }),
);
const anyLife = fc.array(fc.record({ input: anyInput, afterMs: fc.nat(20_000) }), { maxLength: 40 });

describe('whatever happens to a microphone', () => {
  it('flushes before anything is replaced, resumes only what was paused, and fails once', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        let state = stepCapture(CAPTURE_CLOSED, { type: 'open' }, 0).state;
        let nowMs = 0;
        let isPaused = false;
        let failCount = 0;
        for (const { input, afterMs } of life) {
          nowMs += afterMs;
          const step = stepCapture(state, input, nowMs);
          for (const effect of step.effects) {
            if (effect.type === 'pause') isPaused = true;
            if (effect.type === 'resume' || effect.type === 'rebuild') {
              expect(isPaused).toBe(true);
              isPaused = false;
            }
            if (effect.type === 'fail') failCount++;
          }
          state = step.state;
        }
        expect(failCount).toBeLessThanOrEqual(1);
        if (failCount === 1) expect(state.phase).toBe('closed');
      }),
    );
  });

  it('opens another microphone no more than once in ten seconds', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        let state = stepCapture(CAPTURE_CLOSED, { type: 'open' }, 0).state;
        let nowMs = 0;
        const reopenedAtMs: number[] = [];
        for (const { input, afterMs } of life) {
          nowMs += afterMs;
          const isReopening = state.phase === 'recovering' && input.type === 'reopened';
          const { effects, state: next } = stepCapture(state, input, nowMs);
          state = next;
          if (isReopening) reopenedAtMs.push(nowMs);
          if (effects.some(({ type }) => type === 'rebuild')) {
            const last = reopenedAtMs.at(-1);
            if (last !== undefined) expect(nowMs - last).toBeGreaterThanOrEqual(RECOVERY_REST_MS);
          }
        }
      }),
    );
  });

  it('does nothing any more once it is closed', () => {
    fc.assert(
      fc.property(anyInput, fc.nat(), (input, nowMs) => {
        expect(stepCapture(CAPTURE_CLOSED, input, nowMs)).toEqual({ state: CAPTURE_CLOSED, effects: [] });
      }),
    );
  });
});
