import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../src/errors.ts';
import type { PipelineState } from '../../src/pipeline/pipeline-state.ts';
import { type StateInput, stepState } from '../../src/pipeline/state-machine.ts';

const IDLE = { phase: 'idle' } satisfies PipelineState;
const LOST = new SpeechError('lost', 'gone');
const LISTENING: StateInput = { type: 'listening', queryId: 1 };

function phases(...inputs: readonly StateInput[]): string[] {
  let state: PipelineState = IDLE;
  return inputs.map((input) => {
    state = stepState(state, input);
    return state.phase;
  });
}

describe('the states of the pipeline', () => {
  it('go from the press to the text and back to rest', () => {
    const went = phases(
      { type: 'request' },
      { type: 'grant' },
      LISTENING,
      { type: 'finish', queryId: 1 },
      { type: 'settle' },
    );
    expect(went).toEqual(['requesting', 'starting', 'listening', 'finishing', 'idle']);
  });

  it('go through interruption and recovery back to listening, and say that nobody speaks', () => {
    const speaks: StateInput = { type: 'speech', queryId: 1, isSpeaking: true };
    for (const type of ['interrupted', 'recovering'] as const) {
      let state: PipelineState = IDLE;
      for (const input of [{ type: 'request' }, { type: 'grant' }, LISTENING, speaks] satisfies StateInput[]) {
        state = stepState(state, input);
      }
      state = stepState(state, { type, queryId: 1 });
      expect(state).toEqual({ phase: type, queryId: 1 });
      expect(stepState(state, LISTENING)).toEqual({ phase: 'listening', queryId: 1, isSpeaking: false });
    }
  });

  it('keep saying what failed while the last texts come in', () => {
    expect(
      phases(
        { type: 'request' },
        { type: 'grant' },
        LISTENING,
        { type: 'fail', error: LOST },
        { type: 'finish', queryId: 1 },
        { type: 'settle' },
      ),
    ).toEqual(['requesting', 'starting', 'listening', 'failed', 'failed', 'failed']);
  });

  it('take no speech of another query, and no sound of a query that is over', () => {
    const listening = stepState({ phase: 'starting' }, LISTENING);
    expect(stepState(listening, { type: 'speech', queryId: 2, isSpeaking: true })).toBe(listening);
    for (const type of ['listening', 'interrupted', 'recovering'] as const) {
      expect(stepState(IDLE, { type, queryId: 1 })).toBe(IDLE);
    }
  });

  it('can be begun anew, and given up, from wherever they are', () => {
    const anyInput: fc.Arbitrary<StateInput> = fc.constantFrom<StateInput>(
      { type: 'request' },
      { type: 'grant' },
      LISTENING,
      { type: 'interrupted', queryId: 1 },
      { type: 'recovering', queryId: 1 },
      { type: 'speech', queryId: 1, isSpeaking: true },
      { type: 'finish', queryId: 1 },
      { type: 'settle' },
      { type: 'fail', error: LOST },
      { type: 'rest' },
    );
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 30 }), (inputs) => {
        const state = inputs.reduce<PipelineState>(stepState, IDLE);
        expect(stepState(state, { type: 'rest' }).phase).toBe('idle');
        const begun = [{ type: 'request' }, { type: 'grant' }, LISTENING] satisfies StateInput[];
        expect(begun.reduce<PipelineState>(stepState, state).phase).toBe('listening');
      }),
    );
  });
});
