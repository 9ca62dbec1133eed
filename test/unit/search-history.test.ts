import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whenWords } from '../../src/app/past-searches.ts';
import { Preferences } from '../../src/app/preferences.ts';
import { HISTORY_LIMIT, parsePastSearches, SearchHistory } from '../../src/app/search-history.ts';
import { MemoryStorage } from '../memory-storage.ts';

class Tab {
  readonly preferences: Preferences;
  readonly history: SearchHistory;
  nowUnixMs = 1_000;

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    const window = new EventTarget();
    const { signal } = new AbortController();
    this.preferences = new Preferences(storage, window, signal);
    this.history = new SearchHistory(storage, this.preferences, () => this.nowUnixMs++, window, signal);
    storage.others.push(window);
  }

  get texts(): readonly string[] {
    return this.history.searches.map(({ text }) => text);
  }
}

function switchedOn(storage?: MemoryStorage): Tab {
  const tab = new Tab(storage);
  tab.preferences.set('history', 'on');
  return tab;
}

describe('the history of searches', () => {
  it('keeps nothing unless it is switched on', () => {
    const tab = new Tab();
    tab.history.add('mocha', 'typing');
    expect(tab.texts).toEqual([]);
  });

  it('keeps typed and spoken ones, newest first, with their time', () => {
    const tab = switchedOn();
    tab.history.add(' mocha ', 'typing');
    tab.history.add('An iced latte.', 'voice');
    expect(tab.history.searches).toEqual([
      { text: 'An iced latte.', by: 'voice', atUnixMs: 1_001 },
      { text: 'mocha', by: 'typing', atUnixMs: 1_000 },
    ]);
  });

  it('moves a search that is made again at once, instead of listing it twice', () => {
    const tab = switchedOn();
    tab.history.add('mocha', 'typing');
    tab.history.add('Mocha.', 'voice');
    expect(tab.history.searches).toEqual([{ text: 'Mocha.', by: 'voice', atUnixMs: 1_001 }]);
  });

  it('has each text once among the recent ones', () => {
    const tab = switchedOn();
    for (const text of ['tea', 'mocha', 'Tea?', 'bagel']) tab.history.add(text, 'typing');
    expect(tab.history.recent(5).map(({ text }) => text)).toEqual(['bagel', 'Tea?', 'mocha']);
    expect(tab.history.recent(2)).toHaveLength(2);
  });

  it('lets the oldest go', () => {
    const tab = switchedOn();
    for (let i = 0; i <= HISTORY_LIMIT; i++) tab.history.add(`tea ${i}`, 'typing');
    expect(tab.texts).toHaveLength(HISTORY_LIMIT);
    expect(tab.texts.at(-1)).toBe('tea 1');
  });

  it('forgets one, or all', () => {
    const tab = switchedOn();
    for (const text of ['tea', 'mocha', 'tea']) tab.history.add(text, 'typing');
    tab.history.delete(tab.history.searches[2]!);
    expect(tab.texts).toEqual(['tea', 'mocha']);
    tab.history.clear();
    expect(tab.texts).toEqual([]);
    expect(tab.history.isOn).toBe(true);
  });

  it('is the same in two tabs that both write, and tells both', () => {
    const storage = new MemoryStorage();
    const [here, there] = [switchedOn(storage), new Tab(storage)];
    const told: string[] = [];
    here.history.addEventListener('change', () => told.push('here'));
    here.history.add('tea', 'typing');
    told.length = 0;
    there.history.add('mocha', 'voice');
    expect(here.texts).toEqual(['mocha', 'tea']);
    expect(told).toContain('here');
  });

  it('is gone from the device when it is switched off, in whichever tab', () => {
    const storage = new MemoryStorage();
    const [here, there] = [switchedOn(storage), new Tab(storage)];
    here.history.add('tea', 'typing');
    there.preferences.set('history', 'off');
    expect(here.history.isOn).toBe(false);
    expect([here.texts, there.texts]).toEqual([[], []]);
    expect(storage.getItem('ossicle-searches')).toBeNull();
  });
});

describe('what was kept of searches', () => {
  const search = fc.record({
    text: fc.string({ minLength: 1, maxLength: 300 }).filter((text) => text.trim() !== ''),
    by: fc.constantFrom('voice' as const, 'typing' as const),
    atUnixMs: fc.integer({ min: 0, max: 8.64e15 }),
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(search, { maxLength: HISTORY_LIMIT }), (searches) => {
        expect(parsePastSearches(JSON.stringify(searches))).toEqual(searches);
      }),
    );
  });

  it('never throws and never yields what could not be shown, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(null)), (text) => {
        for (const { text: words, by, atUnixMs } of parsePastSearches(text)) {
          expect(words.trim()).not.toBe('');
          expect(['voice', 'typing']).toContain(by);
          expect(() => whenWords(atUnixMs, 0)).not.toThrow();
        }
      }),
    );
  });

  it('is read without the entries that are damaged', () => {
    const good = { text: 'tea', by: 'voice', atUnixMs: 5 };
    const damaged = [null, 3, {}, { ...good, by: 'thought' }, { ...good, atUnixMs: 1e300 }, { ...good, text: ' ' }];
    expect(parsePastSearches(JSON.stringify([...damaged, good]))).toEqual([good]);
  });
});

describe('the time of a search, in words', () => {
  const now = new Date(2026, 2, 15, 9, 30).valueOf();

  it.each([
    [new Date(2026, 2, 15, 0, 1), /^today at 12:01\sAM$/],
    [new Date(2026, 2, 14, 23, 59), /^yesterday at 11:59\sPM$/],
    [new Date(2026, 2, 13, 14, 5), /^Mar 13, 2026 at 2:05\sPM$/],
  ])('is %s: %s', (at, words) => {
    expect(whenWords(at.valueOf(), now)).toMatch(words);
  });
});
