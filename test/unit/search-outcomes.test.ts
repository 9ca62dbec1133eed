import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../src/metrics/recorder.ts';
import { lengthBin, SearchOutcomes, snrBin } from '../../src/metrics/search-outcomes.ts';
import { areSimilar } from '../../src/metrics/similar-texts.ts';

let told: string[];
let outcomes: SearchOutcomes;

beforeEach(() => {
  told = [];
  const recorder = new Recorder(
    () => 0,
    ({ name, attributes }) => {
      if (name !== 'voice.search.input_outcomes') told.push(Object.values(attributes ?? {}).join());
    },
  );
  outcomes = new SearchOutcomes(recorder);
});

function spoken(text: string, isFailed = false) {
  return { text, isFailed, snrDb: 22, lengthSeconds: 1.5 };
}

describe('the outcome of a voice search', () => {
  it('is a result when one is clicked', () => {
    outcomes.ended(spoken('oat milk'), 0);
    outcomes.found(3, 200);
    outcomes.clicked(59_999);
    outcomes.clicked(59_999);
    expect(told).toEqual(['click', 'result']);
  });

  it('is null when nobody was heard, or nothing was found', () => {
    outcomes.ended(spoken(''), 0);
    outcomes.ended(spoken('unicorn latte'), 1_000);
    outcomes.found(0, 1_200);
    outcomes.pass(100_000);
    expect(told).toEqual(['null', 'null']);
  });

  it('is an error when something failed and there is no text', () => {
    outcomes.ended(spoken('', true), 0);
    expect(told).toEqual(['error']);
  });

  it('is abandoned after 60 s in which nothing was done', () => {
    outcomes.ended(spoken('flat white'), 0);
    outcomes.found(2, 100);
    outcomes.pass(59_999);
    expect(told).toEqual([]);
    outcomes.pass(60_000);
    outcomes.clicked(60_001);
    expect(told).toEqual(['abandoned']);
  });

  it('is abandoned when the page goes before', () => {
    outcomes.ended(spoken('flat white'), 0);
    outcomes.left();
    outcomes.left();
    expect(told).toEqual(['abandoned']);
  });

  it('is never counted twice, and never forgotten, whatever happens', () => {
    const anyEvent = fc.record({
      type: fc.constantFrom('ended', 'empty', 'failed', 'none', 'some', 'clicked', 'typed', 'pass'),
      afterMs: fc.integer({ min: 0, max: 50_000 }),
    });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        const counts = { requests: 0, joint: 0, followups: 0 };
        const recorder = new Recorder(
          () => 0,
          ({ name }) => {
            if (name === 'voice.search.requests') counts.requests++;
            if (name === 'voice.search.input_outcomes') counts.joint++;
            if (name === 'voice.search.followups') counts.followups++;
          },
        );
        const search = new SearchOutcomes(recorder);
        let nowMs = 0;
        let searchCount = 0;
        for (const { type, afterMs } of events) {
          nowMs += afterMs;
          if (type === 'ended' || type === 'empty' || type === 'failed') {
            searchCount++;
            search.ended(spoken(type === 'ended' ? 'tea' : '', type === 'failed'), nowMs);
          } else if (type === 'none' || type === 'some') search.found(type === 'none' ? 0 : 5, nowMs);
          else search[type](nowMs);
        }
        search.left();
        expect(counts.requests).toBe(searchCount);
        expect(counts.joint).toBe(searchCount);
        expect(counts.followups).toBeLessThanOrEqual(3 * searchCount);
      }),
    );
  });
});

describe('what follows a voice search', () => {
  it('is a redo when something similar is said within 30 s', () => {
    outcomes.ended(spoken('a large oat milk latte'), 0);
    outcomes.ended(spoken('A large oat-milk latte, please!'), 29_999);
    expect(told).toEqual(['redo', 'result']);
  });

  it('is no redo when it is said later, or is about something else', () => {
    outcomes.ended(spoken('a large oat milk latte'), 0);
    outcomes.ended(spoken('a large oat milk latte'), 30_000);
    outcomes.ended(spoken('earl grey'), 31_000);
    expect(told).toEqual(['result', 'result']);
  });

  it('is a switch when somebody types within 30 s and clicked nothing', () => {
    outcomes.ended(spoken('green tea'), 0);
    outcomes.typed(29_999);
    outcomes.typed(29_999);
    expect(told).toEqual(['switch_to_typing', 'result']);
  });

  it('is no switch after a click, or later', () => {
    outcomes.ended(spoken('green tea'), 0);
    outcomes.clicked(1_000);
    outcomes.typed(2_000);
    outcomes.ended(spoken('black coffee'), 50_000);
    outcomes.typed(80_000);
    expect(told).toEqual(['click', 'result']);
  });

  it('is counted after a search without results, too, which stays one', () => {
    outcomes.ended(spoken('unicorn latte'), 0);
    outcomes.found(0, 10);
    outcomes.ended(spoken('unicorn latte'), 5_000);
    expect(told).toEqual(['null', 'redo']);
  });
});

describe('texts', () => {
  it.each([
    ['two flat whites', 'Two flat whites.', true],
    ['two flat whites', 'to flat white', true],
    ['Zwei Grüne Tees', 'zwei grüne tee', true],
    ['two flat whites', 'apple strudel', false],
    ['', 'tea', false],
    ['', '', false],
    ['…', '…', false],
  ])('%j and %j: similar is %s', (one, other, isSimilar) => {
    expect(areSimilar(one, other)).toBe(isSimilar);
    expect(areSimilar(other, one)).toBe(isSimilar);
  });
});

describe('the bins of a search', () => {
  it('hold their lower edge', () => {
    const snrs = [undefined, Number.NEGATIVE_INFINITY, -0.1, 0, 4.9, 5, 29.9, 30, Number.POSITIVE_INFINITY];
    expect(snrs.map(snrBin)).toEqual(['none', '<0', '<0', '0-5', '0-5', '5-10', '25-30', '>=30', '>=30']);
    expect([0, 0.9, 1, 2, 4, 8].map(lengthBin)).toEqual(['none', '<1', '1-2', '2-4', '4-8', '>=8']);
  });
});
