import { ElementView } from '../../src/element/element-view.ts';
import { shownState } from '../../src/element/shown-state.ts';
import { STYLES } from '../../src/element/styles.ts';
import { ENGLISH_LATER } from '../../src/element/words/english-later.ts';
import { messagesIn } from '../../src/element/words/languages.ts';
import { type Sayings, type Scene, scenes } from './states.ts';

const SAYINGS: Readonly<Record<string, Sayings>> = {
  en: {
    query: 'a large iced mocha with oat milk',
    longQuery: 'two flat whites, a cinnamon roll and the soup of the day',
  },
  ar: { query: 'موكا مثلجة كبيرة بحليب الشوفان', longQuery: 'فنجانان من القهوة بالحليب ولفافة قرفة وحساء اليوم' },
};
/** A second of someone who speaks up, in dBFS: what the meter shows. */
const LEVELS_DBFS: readonly number[] = Array.from({ length: 40 }, (_, at) => -46 + 30 * Math.sin((at * Math.PI) / 40));

/** Fills the page with the element in each of its states, in the language of the page's address. */
async function fillSheet(): Promise<void> {
  const language = new URLSearchParams(location.search).get('lang') ?? 'en';
  const messages = { ...ENGLISH_LATER, ...(await messagesIn(language)) };
  document.documentElement.lang = language;
  document.documentElement.dir = messages.direction;
  const styles = new CSSStyleSheet();
  styles.replaceSync(STYLES);
  const cells = scenes(SAYINGS[language] ?? SAYINGS['en']!).map((scene) => cell(scene, styles));
  document.querySelector('main')?.append(...cells);
  document.body.dataset['ready'] = '';

  function cell({ name, state, value, isHearing }: Scene, sheet: CSSStyleSheet): HTMLElement {
    const view = new ElementView(() => {});
    // Many search fields in one page are told apart by their names.
    view.label(messages, `${messages.label}: ${name}`, messages.placeholder, false);
    view.tree.input.value = value;
    view.tree.clear.hidden = value === '';
    const context = {
      messages,
      host: 'speech.example',
      howToAllow: messages['allow-chromium-desktop'],
      predict: 'server' as const,
      isQueueing: true,
      isUndoable: true,
    };
    view.show(state, shownState(state, context), messages);
    if (isHearing) for (const level of LEVELS_DBFS) view.level(level, true);
    const host = document.createElement('div');
    const shadow = host.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(view.tree.root);
    const section = document.createElement('section');
    const heading = document.createElement('h2');
    heading.textContent = name;
    heading.lang = 'en';
    heading.dir = 'ltr';
    section.append(heading, host);
    return section;
  }
}

void fillSheet();
