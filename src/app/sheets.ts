import { MESSAGES } from './messages.ts';
import { pageElement } from './page-elements.ts';
import type { SheetParts } from './sheet-parts.ts';

interface Openable {
  open(): void;
}

/**
 * Lets the buttons of the page open its sheets: settings and history.
 *
 * What fills a sheet is fetched when somebody points at its button.
 *
 * @returns Fetches both, so that they open without a network.
 */
export function startSheets(parts: SheetParts, signal: AbortSignal): () => Promise<void> {
  const settings = kept(async () => new (await import('./settings-sheet.ts')).SettingsSheet(parts, signal));
  const history = kept(async () => new (await import('./history-sheet.ts')).HistorySheet(parts, signal));
  opensBy(pageElement('open-settings', HTMLButtonElement), settings, parts.tell, signal);
  opensBy(pageElement('open-history', HTMLButtonElement), history, parts.tell, signal);
  return async () => void (await Promise.allSettled([settings(), history()]));
}

function opensBy(
  button: HTMLButtonElement,
  load: () => Promise<Openable>,
  tell: (words: string) => void,
  signal: AbortSignal,
): void {
  const fetchIt = (): void => void load().catch(() => undefined);
  button.addEventListener('pointerenter', fetchIt, { signal });
  button.addEventListener('focus', fetchIt, { signal });
  button.addEventListener(
    'click',
    () =>
      void load().then(
        (sheet) => sheet.open(),
        () => tell(MESSAGES.partMissing),
      ),
    { signal },
  );
}

/** Makes it once; what failed is tried again at the next call. */
function kept<T>(make: () => Promise<T>): () => Promise<T> {
  let making: Promise<T> | undefined;
  return () => {
    making ??= make().catch((error: unknown) => {
      making = undefined;
      throw error;
    });
    return making;
  };
}
