import type { BrowserFamily } from '../element/browser-family.ts';
import { APP_WORDS } from './app-words.ts';

/** What TypeScript's library leaves out. Source: W3C Manifest Incubations, "Installation prompts". */
interface InstallPromptEvent extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** The elements of the offer. */
export interface InstallElements {
  /** Shown while there is something to offer. */
  readonly section: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly hint: HTMLElement;
}

/** How this page was opened. */
export interface InstallSituation {
  readonly browser: BrowserFamily;
  /** It runs as an installed app already. */
  readonly isInstalled: boolean;
}

/**
 * Offers to install the page as an app: with a button where the browser lets a page ask, with words where it does not.
 *
 * Nothing pops up by itself, and whoever has installed it sees nothing of this.
 */
export function offerInstallation(
  { section, button, hint }: InstallElements,
  { browser, isInstalled }: InstallSituation,
  signal: AbortSignal,
): void {
  let waiting: InstallPromptEvent | undefined;
  const show = (): void => {
    const isByHand = !isInstalled && waiting === undefined && browser === 'safari-ios';
    button.hidden = waiting === undefined;
    hint.textContent = isByHand ? APP_WORDS.installOnIos : APP_WORDS.installWhy;
    section.hidden = waiting === undefined && !isByHand;
  };
  window.addEventListener(
    'beforeinstallprompt',
    (event) => {
      event.preventDefault();
      waiting = event as InstallPromptEvent;
      show();
    },
    { signal },
  );
  window.addEventListener(
    'appinstalled',
    () => {
      waiting = undefined;
      section.hidden = true;
    },
    { signal },
  );
  button.addEventListener(
    'click',
    () => {
      // A browser takes one answer for each offer; it makes another when it sees fit.
      void waiting?.prompt().catch(() => undefined);
      waiting = undefined;
      show();
    },
    { signal },
  );
  show();
}
