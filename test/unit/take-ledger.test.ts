import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_LEDGER,
  type LedgerEffect,
  type LedgerInput,
  type Outcome,
  stepLedger,
  type TakeLedger,
} from '../../src/delivery/take-ledger.ts';
import { SpeechError } from '../../src/errors.ts';

const ANSWERED: Outcome = {
  status: 'answered',
  prediction: { text: 'tea', place: 'server', encodeMs: 0, predictMs: 0 },
};
const FAILED: Outcome = { status: 'failed', error: new SpeechError('server', 'failed') };

function run(ledger: TakeLedger, inputs: readonly LedgerInput[]): { ledger: TakeLedger; effects: LedgerEffect[] } {
  const effects: LedgerEffect[] = [];
  let current = ledger;
  for (const input of inputs) {
    const step = stepLedger(current, input);
    current = step.ledger;
    effects.push(...step.effects);
  }
  return { ledger: current, effects };
}

function names(effects: readonly LedgerEffect[]): string[] {
  return effects.map((effect) => {
    if (effect.type === 'settle') return `settle ${effect.queryId}`;
    return effect.type === 'release'
      ? `release ${effect.takeKey} ${effect.outcome.status}`
      : `${effect.type} ${effect.takeKey}`;
  });
}

/** What a worklet may post for one query: each segment's takes are retracted but the last, which is committed. */
function workletInputs(queryId: number, retractCounts: readonly number[], isLastLeftOpen: boolean): LedgerInput[] {
  const inputs: LedgerInput[] = [];
  for (const [segmentId, retractCount] of retractCounts.entries()) {
    for (let takeId = 0; takeId <= retractCount; takeId++) {
      const takeKey = `${queryId}/${segmentId}/${takeId}`;
      inputs.push({ type: 'take', queryId, takeKey });
      if (takeId < retractCount) inputs.push({ type: 'retract', queryId, takeKey });
      else if (!isLastLeftOpen || segmentId < retractCounts.length - 1)
        inputs.push({ type: 'commit', queryId, takeKey });
    }
  }
  inputs.push({ type: 'query-end', queryId });
  return inputs;
}

/** Interleavings of a worklet's inputs, in their order, with an outcome of every take at any time after it was sent. */
const interleavings: fc.Arbitrary<LedgerInput[]> = fc
  .record({
    queries: fc.array(
      fc.record({ retractCounts: fc.array(fc.nat(2), { maxLength: 5 }), isLastLeftOpen: fc.boolean() }),
      { minLength: 1, maxLength: 3 },
    ),
    picks: fc.infiniteStream(fc.nat(1_000)),
  })
  .map(({ queries, picks }) => {
    const script = queries.flatMap((query, queryId) =>
      workletInputs(queryId, query.retractCounts, query.isLastLeftOpen),
    );
    const outcomes: LedgerInput[] = [];
    const inputs: LedgerInput[] = [];
    for (const pick of picks) {
      if (script.length + outcomes.length === 0) break;
      if (script.length > 0 && (outcomes.length === 0 || pick % 2 === 0)) {
        const next = script.shift()!;
        inputs.push(next);
        if (next.type !== 'take') continue;
        outcomes.push({ ...next, type: 'outcome', outcome: pick % 3 === 0 ? FAILED : ANSWERED });
      } else {
        inputs.push(...outcomes.splice(pick % outcomes.length, 1));
      }
    }
    return inputs;
  });

describe('the take ledger', () => {
  it('releases every committed take exactly once, in order, and no other', () => {
    fc.assert(
      fc.property(interleavings, (inputs) => {
        const { effects } = run(EMPTY_LEDGER, inputs);
        const released = effects.flatMap((effect) => (effect.type === 'release' ? [effect.takeKey] : []));
        for (let queryId = 0; queryId < 3; queryId++) {
          const committed = inputs.flatMap((input) =>
            input.type === 'commit' && input.queryId === queryId ? [input.takeKey] : [],
          );
          expect(released.filter((takeKey) => takeKey.startsWith(`${queryId}/`))).toEqual(committed);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('releases as soon as every earlier segment of the query is released', () => {
    fc.assert(
      fc.property(interleavings, (inputs) => {
        const arrived = new Set<string>();
        const committed = new Map<number, string[]>();
        let releasedCount = 0;
        let ledger = EMPTY_LEDGER;
        for (const input of inputs) {
          if (input.type === 'outcome') arrived.add(input.takeKey);
          if (input.type === 'commit') {
            committed.set(input.queryId, [...(committed.get(input.queryId) ?? []), input.takeKey]);
          }
          const step = stepLedger(ledger, input);
          ledger = step.ledger;
          releasedCount += step.effects.filter((effect) => effect.type === 'release').length;
          let dueCount = 0;
          for (const takeKeys of committed.values()) {
            const firstMissing = takeKeys.findIndex((takeKey) => !arrived.has(takeKey));
            dueCount += firstMissing < 0 ? takeKeys.length : firstMissing;
          }
          expect(releasedCount).toBe(dueCount);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('settles each query once, after its last release, and then holds nothing', () => {
    fc.assert(
      fc.property(interleavings, (inputs) => {
        const { ledger, effects } = run(EMPTY_LEDGER, inputs);
        for (const input of inputs) {
          if (input.type !== 'query-end') continue;
          const { queryId } = input;
          const settledAt = effects.flatMap((effect, index) =>
            effect.type === 'settle' && effect.queryId === queryId ? [index] : [],
          );
          const lastRelease = effects.findLastIndex(
            (effect) => effect.type === 'release' && effect.takeKey.startsWith(`${queryId}/`),
          );
          expect(settledAt).toHaveLength(1);
          expect(settledAt[0]).toBeGreaterThan(lastRelease);
        }
        expect(ledger.queries.size).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('drops every take that was retracted or left open when its query ended', () => {
    fc.assert(
      fc.property(interleavings, (inputs) => {
        const { effects } = run(EMPTY_LEDGER, inputs);
        const committed = new Set(inputs.flatMap((input) => (input.type === 'commit' ? [input.takeKey] : [])));
        const unwanted = inputs.flatMap((input) =>
          input.type === 'take' && !committed.has(input.takeKey) ? [input.takeKey] : [],
        );
        const dropped = effects.flatMap((effect) => (effect.type === 'drop' ? [effect.takeKey] : []));
        expect(dropped.toSorted()).toEqual(unwanted.toSorted());
      }),
      { numRuns: 500 },
    );
  });

  it('never releases or sends after a drop, and releases at most once a sending, whatever comes', () => {
    const anyTake = fc.record({ queryId: fc.nat(1), takeKey: fc.constantFrom('a', 'b', 'c') });
    const anyInput: fc.Arbitrary<LedgerInput> = fc.oneof(
      anyTake.map((take): LedgerInput => ({ type: 'commit', ...take })),
      anyTake.map((take): LedgerInput => ({ type: 'retract', ...take })),
      anyTake.map((take): LedgerInput => ({ type: 'outcome', outcome: ANSWERED, ...take })),
      anyTake.map((take): LedgerInput => ({ type: 'outcome', outcome: FAILED, ...take })),
      fc.nat(1).map((queryId): LedgerInput => ({ type: 'query-end', queryId })),
      fc.nat(1).map((queryId): LedgerInput => ({ type: 'cancel', queryId })),
    );
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 40 }), (noise) => {
        const takes = ['a', 'b', 'c'].map((takeKey): LedgerInput => ({ type: 'take', queryId: 0, takeKey }));
        const { effects } = run(EMPTY_LEDGER, [...takes, ...noise]);
        for (const takeKey of ['a', 'b', 'c']) {
          const mine = effects.filter((effect) => effect.type !== 'settle' && effect.takeKey === takeKey);
          const answeredAt = mine.findIndex((effect) => effect.type === 'release');
          const droppedAt = mine.findIndex((effect) => effect.type === 'drop');
          const goneAt = answeredAt >= 0 ? answeredAt : droppedAt;
          if (goneAt >= 0) expect(mine).toHaveLength(goneAt + 1);
          expect(mine.filter((effect) => effect.type === 'confirm').length).toBeLessThanOrEqual(1);
          expect(mine.filter((effect) => effect.type === 'release').length).toBeLessThanOrEqual(
            mine.filter((effect) => effect.type === 'send').length,
          );
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('settles a query without speech at its end', () => {
    expect(names(run(EMPTY_LEDGER, [{ type: 'query-end', queryId: 7 }]).effects)).toEqual(['settle 7']);
  });

  it('ignores takes of a cancelled query until the worklet has ended it', () => {
    const { ledger, effects } = run(EMPTY_LEDGER, [
      { type: 'take', queryId: 1, takeKey: 'a' },
      { type: 'cancel', queryId: 1 },
      { type: 'take', queryId: 1, takeKey: 'b' },
      { type: 'commit', queryId: 1, takeKey: 'b' },
      { type: 'query-end', queryId: 1 },
    ]);
    expect(names(effects)).toEqual(['send a', 'drop a']);
    expect(ledger).toEqual(EMPTY_LEDGER);
  });

  it('goes on with a query that a rebuilt audio context speaks of again', () => {
    const { effects } = run(EMPTY_LEDGER, [
      { type: 'take', queryId: 1, takeKey: 'a' },
      { type: 'commit', queryId: 1, takeKey: 'a' },
      { type: 'query-end', queryId: 1 },
      { type: 'take', queryId: 1, takeKey: 'b' },
      { type: 'outcome', queryId: 1, takeKey: 'a', outcome: ANSWERED },
      { type: 'commit', queryId: 1, takeKey: 'b' },
      { type: 'outcome', queryId: 1, takeKey: 'b', outcome: FAILED },
      { type: 'query-end', queryId: 1 },
    ]);
    expect(names(effects)).toEqual([
      'send a',
      'confirm a',
      'send b',
      'release a answered',
      'confirm b',
      'release b failed',
      'settle 1',
    ]);
  });
});
