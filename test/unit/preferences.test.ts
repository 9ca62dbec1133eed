import { describe, expect, it } from 'vitest';
import { storageOrMemory } from '../../src/app/key-value-storage.ts';
import { type PreferenceName, Preferences } from '../../src/app/preferences.ts';
import { MemoryStorage } from '../memory-storage.ts';

function openTab(storage: MemoryStorage): { readonly preferences: Preferences; readonly changed: PreferenceName[] } {
  const tab = new EventTarget();
  storage.others.push(tab);
  const preferences = new Preferences(storage, tab, new AbortController().signal);
  const changed: PreferenceName[] = [];
  preferences.addEventListener('change', ({ preference }) => changed.push(preference));
  return { preferences, changed };
}

describe('preferences', () => {
  it('keep nothing until somebody chooses, and send speech to the server', () => {
    const { preferences } = openTab(new MemoryStorage());
    expect(preferences.get('history')).toBe('off');
    expect(preferences.get('unsent')).toBe('open');
    expect(preferences.get('predict')).toBe('server');
    expect(preferences.keptCount).toBe(0);
  });

  it('are found again at the next visit', () => {
    const storage = new MemoryStorage();
    openTab(storage).preferences.set('preset', 'dictation');
    const { preferences } = openTab(storage);
    expect(preferences.get('preset')).toBe('dictation');
    expect(preferences.keptCount).toBe(1);
  });

  it('are the same in every open tab, which hears of a change once', () => {
    const storage = new MemoryStorage();
    const [here, there] = [openTab(storage), openTab(storage)];
    here.preferences.set('kernel', 'lite');
    expect(there.preferences.get('kernel')).toBe('lite');
    expect([here.changed, there.changed]).toEqual([['kernel'], ['kernel']]);
    there.preferences.clear();
    expect(here.preferences.get('kernel')).toBe('full');
    expect(here.changed).toEqual(['kernel', 'kernel']);
  });

  it('go back to the beginning when another tab empties the storage', () => {
    const storage = new MemoryStorage();
    const { preferences, changed } = openTab(storage);
    preferences.set('predict', 'device');
    storage.clear();
    expect(preferences.get('predict')).toBe('server');
    expect(changed).toEqual(['predict', 'predict']);
  });

  it('take a place from the address for one visit, whatever other tabs decide about other things', () => {
    const storage = new MemoryStorage();
    const here = openTab(storage).preferences;
    here.useOnce('predict', 'device');
    openTab(storage).preferences.set('kernel', 'lite');
    expect(here.get('predict')).toBe('device');
    expect(openTab(storage).preferences.get('predict')).toBe('server');
  });

  it.each(['', 'cloud', 'SERVER', '{}'])('take no notice of what is no choice: "%s"', (text) => {
    const storage = new MemoryStorage();
    storage.setItem('ossicle-predict', text);
    const { preferences, changed } = openTab(storage);
    expect(preferences.get('predict')).toBe('server');
    preferences.setText('predict', text);
    preferences.useOnce('predict', text);
    expect(changed).toEqual([]);
  });
});

describe('a browser that keeps nothing', () => {
  it('has values for as long as the page is open', () => {
    const storage = storageOrMemory(() => {
      throw new DOMException('Blocked.', 'SecurityError');
    });
    expect(storage.isLasting).toBe(false);
    storage.setItem('name', 'value');
    expect(storage.getItem('name')).toBe('value');
    storage.removeItem('name');
    expect(storage.getItem('name')).toBeNull();
  });

  it('has them in memory, too, when the storage is full', () => {
    const full = {
      getItem: () => 'old',
      setItem: () => {
        throw new DOMException('Full.', 'QuotaExceededError');
      },
      removeItem: () => undefined,
    };
    const storage = storageOrMemory(() => full as unknown as Storage);
    storage.setItem('name', 'new');
    expect(storage.getItem('name')).toBe('new');
  });
});
