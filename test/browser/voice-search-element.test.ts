import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { VoiceSearchElement } from '../../src/element/define.ts';
import type { VoiceSearchEventMap } from '../../src/element/element-events.ts';

afterEach(() => document.body.replaceChildren());

function mount(markup: string): VoiceSearchElement {
  document.body.innerHTML = markup;
  const element = document.querySelector('voice-search');
  if (element === null) throw new Error('The markup holds no <voice-search>.');
  return element;
}

function part<T extends HTMLElement = HTMLElement>(element: VoiceSearchElement, name: string): T {
  const found = element.shadowRoot?.querySelector<T>(`[part~="${name}"]`);
  if (found === null || found === undefined) throw new Error(`There is no part ${name}.`);
  return found;
}

function inputOf(element: VoiceSearchElement): HTMLInputElement {
  return part<HTMLInputElement>(element, 'input');
}

function heard<K extends keyof VoiceSearchEventMap>(target: EventTarget, type: K): VoiceSearchEventMap[K]['detail'][] {
  const details: VoiceSearchEventMap[K]['detail'][] = [];
  target.addEventListener(type, (event) => details.push((event as VoiceSearchEventMap[K]).detail));
  return details;
}

async function reaches(element: VoiceSearchElement, ...states: string[]): Promise<void> {
  await expect.poll(() => states.includes(element.state), { timeout: 20_000 }).toBe(true);
}

/** Every microphone track that the page was given. */
async function tracksDuring(act: () => Promise<void>): Promise<readonly MediaStreamTrack[]> {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia;
  const tracks: MediaStreamTrack[] = [];
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await ask.call(mediaDevices, constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
  try {
    await act();
  } finally {
    mediaDevices.getUserMedia = ask;
  }
  return tracks;
}

describe('<voice-search> in a form', () => {
  it('sends its text under its name, and is reset and restored with it', () => {
    const element = mount('<form><voice-search name="q" value="tea"></voice-search></form>');
    const form = element.form!;
    expect(new FormData(form).get('q')).toBe('tea');
    element.value = 'mocha';
    expect(new FormData(form).get('q')).toBe('mocha');
    form.reset();
    expect(element.value).toBe('tea');
  });

  it('is missing while it is required and empty', async () => {
    const element = mount('<form><voice-search required></voice-search></form>');
    expect(element.validity.valueMissing).toBe(true);
    expect(element.form!.checkValidity()).toBe(false);
    await userEvent.type(inputOf(element), 'tea');
    expect(element.form!.checkValidity()).toBe(true);
  });

  it('asks the form around it to be sent with Enter, unless a listener prevents it', async () => {
    const element = mount('<form><voice-search name="q"></voice-search></form>');
    let sentCount = 0;
    element.form!.addEventListener('submit', (event) => {
      event.preventDefault();
      sentCount++;
    });
    const searches = heard(document, 'vs-search');
    await userEvent.type(inputOf(element), 'tea{Enter}');
    expect(sentCount).toBe(1);
    expect(searches).toEqual([{ value: 'tea', source: 'typed' }]);
    element.addEventListener('vs-search', (event) => event.preventDefault());
    await userEvent.keyboard('{Enter}');
    expect(sentCount).toBe(1);
  });

  it('takes over what was typed into the plain field inside it, and sends it once', () => {
    document.body.innerHTML = '<form><div id="place"></div></form>';
    const tag = document.createElement('voice-search');
    tag.setAttribute('name', 'q');
    tag.innerHTML = '<input name="q" value="tea">';
    document.querySelector('#place')!.append(tag);
    expect(tag.value).toBe('tea');
    expect(new FormData(tag.form!).getAll('q')).toEqual(['tea']);
  });

  it('is disabled by its fieldset', () => {
    const element = mount('<fieldset disabled><voice-search></voice-search></fieldset>');
    expect(inputOf(element).disabled).toBe(true);
    element.start();
    expect(element.state).toBe('idle');
  });
});

describe('the words of <voice-search>', () => {
  it.each([
    ['de', 'Mit Sprache suchen'],
    ['es-MX', 'Buscar por voz'],
    ['ar', 'البحث بالصوت'],
    ['fi', 'Search by voice'],
  ])('are those of %s', async (lang, label) => {
    const element = mount(`<div lang="${lang}"><voice-search></voice-search></div>`);
    await expect.poll(() => part(element, 'mic').getAttribute('aria-label')).toBe(label);
  });

  it('run from right to left with Arabic, where the page says nothing else', async () => {
    const element = mount('<voice-search lang="ar"></voice-search>');
    const edge = (name: string): number => part(element, name).getBoundingClientRect().left;
    await expect.poll(() => edge('mic') < edge('input')).toBe(true);
  });

  it('can all be replaced', () => {
    const element = mount('<voice-search></voice-search>');
    element.messages = { placeholder: 'Find a book', microphone: 'Speak' };
    expect(inputOf(element).placeholder).toBe('Find a book');
    expect(part(element, 'mic').getAttribute('aria-label')).toBe('Speak');
  });
});

describe('<voice-search> and the microphone', () => {
  it('begins with Enter, is cancelled by Escape, and closes the microphone at once', async () => {
    const element = mount('<voice-search priming="never"></voice-search>');
    const states = heard(document, 'vs-state');
    const tracks = await tracksDuring(async () => {
      part(element, 'mic').focus();
      await userEvent.keyboard('{Enter}');
      await reaches(element, 'listening', 'speaking');
      expect(element.matches(`:state(${element.state})`)).toBe(true);
      expect(part(element, 'mic').getAttribute('aria-pressed')).toBe('true');
      expect(element.shadowRoot!.querySelector('[role=status]')!.textContent).toBe('');
      await userEvent.keyboard('{Escape}');
    });
    expect(element.state).toBe('idle');
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(states[0]).toEqual({ state: 'requesting', previous: 'idle' });
  });

  it('closes it when the element leaves the page, and comes back with the element', async () => {
    const element = mount('<voice-search priming="never"></voice-search>');
    const tracks = await tracksDuring(async () => {
      await userEvent.click(part(element, 'mic'));
      await reaches(element, 'listening', 'speaking');
      element.remove();
    });
    // At once: no wait in between.
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(element.state).toBe('idle');
    document.body.append(element);
    await userEvent.click(part(element, 'mic'));
    await reaches(element, 'listening', 'speaking');
    element.cancel();
  });

  it('closes it when nobody has seen the page for 30 s, and keeps what was said', async () => {
    const element = mount('<voice-search priming="never"></voice-search>');
    const see = (isHidden: boolean): void => {
      Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    };
    const { now } = Date;
    try {
      const tracks = await tracksDuring(async () => {
        await userEvent.click(part(element, 'mic'));
        await reaches(element, 'listening', 'speaking');
        see(true);
        Date.now = () => now() + 30_000;
        see(false);
        await expect.poll(() => part(element, 'mic').getAttribute('aria-pressed')).toBe('false');
      });
      expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
    } finally {
      Date.now = now;
      Reflect.deleteProperty(document, 'hidden');
    }
    element.cancel();
  });

  it('gives back what a press asked for that was taken back before the rest was fetched', async () => {
    const element = mount('<voice-search priming="never"></voice-search>');
    const contexts: AudioContext[] = [];
    const PlainAudioContext = globalThis.AudioContext;
    globalThis.AudioContext = class extends PlainAudioContext {
      constructor(options?: AudioContextOptions) {
        super(options);
        contexts.push(this);
      }
    };
    try {
      const tracks = await tracksDuring(async () => {
        element.start();
        // The driver is there, what hears the microphone is not yet.
        await expect.poll(() => contexts.length, { interval: 1 }).toBe(1);
        element.cancel();
        await expect.poll(() => contexts.map(({ state }) => state)).toEqual(['closed']);
      });
      expect(tracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
      expect(element.state).toBe('idle');
    } finally {
      globalThis.AudioContext = PlainAudioContext;
    }
  });

  it('stays closed when a listener prevents it', async () => {
    const element = mount('<voice-search priming="never"></voice-search>');
    element.addEventListener('vs-before-start', (event) => event.preventDefault());
    await userEvent.click(part(element, 'mic'));
    expect(element.state).toBe('idle');
  });

  it('says where speech goes before the first press is asked for, and types instead', async () => {
    const element = mount('<voice-search priming="always" endpoint="https://speech.example/v1"></voice-search>');
    const switches = heard(document, 'vs-switch-typing');
    await userEvent.click(part(element, 'mic'));
    expect(element.state).toBe('priming');
    expect(part(element, 'status').textContent).toContain('speech.example');
    await userEvent.click(part(element, 'action').nextElementSibling as HTMLElement);
    expect(element.state).toBe('idle');
    expect(switches).toHaveLength(1);
    await expect.poll(() => element.shadowRoot!.activeElement).toBe(inputOf(element));
  });

  it('listens from anywhere in the page with its hotkey', async () => {
    const element = mount('<voice-search priming="always" hotkey="ctrl+shift+y"></voice-search>');
    await userEvent.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
    expect(element.state).toBe('priming');
  });
});

describe('the recent searches of <voice-search>', () => {
  it('are kept only where the site wants it, shown with Alt+Down, and deleted', async () => {
    const element = mount('<voice-search history name="t"></voice-search>');
    const input = inputOf(element);
    await userEvent.type(input, 'tea{Enter}');
    await userEvent.clear(input);
    await userEvent.type(input, 'mocha{Enter}');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await expect.poll(() => part(element, 'panel').hidden).toBe(false);
    const items = [...part(element, 'history').querySelectorAll('button')].map(({ textContent }) => textContent);
    expect(items).toEqual(['mocha', 'tea']);
    const searches = heard(document, 'vs-search');
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(element.value).toBe('tea');
    expect(searches).toEqual([{ value: 'tea', source: 'history' }]);
    expect(part(element, 'panel').hidden).toBe(true);
    expect(element.undo()).toBe(true);
    expect(element.value).toBe('mocha');
    expect(element.redo()).toBe(true);
    await element.deleteData();
    expect(localStorage.getItem('voice-search-history:t')).toBe(null);
  });

  it('are not kept otherwise', async () => {
    const element = mount('<voice-search name="u"></voice-search>');
    await userEvent.type(inputOf(element), 'tea{Enter}');
    expect(localStorage.getItem('voice-search-history:u')).toBe(null);
  });
});

it('tells what only the site knows', () => {
  const element = mount('<voice-search></voice-search>');
  const metrics = heard(document, 'vs-metrics');
  element.reportResults(0);
  element.reportClick(2);
  expect(metrics).toEqual([
    { name: 'result-count', value: 0, unit: 'count' },
    { name: 'click-position', value: 2, unit: 'position' },
  ]);
  expect(element).toBeInstanceOf(VoiceSearchElement);
});
