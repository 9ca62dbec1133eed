import type { Ms } from '../units.ts';

/** A page that nobody sees listens on for this long: long enough to look something up, too short to be forgotten. */
export const HIDDEN_LIMIT_MS: Ms = 30_000;

/** Who hears what happens to the page. */
export interface PageListener {
  /** Nobody has seen the page for {@link HIDDEN_LIMIT_MS}. */
  hiddenTooLong(): void;
  /** The page is seen again. */
  shown(): void;
}

/** Watches whether anyone sees the page, until the signal is aborted. */
export function watchPage(listener: PageListener, signal: AbortSignal): void {
  let hiddenAtMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = (): void => {
    hiddenAtMs = Date.now();
    timer = setTimeout(() => listener.hiddenTooLong(), HIDDEN_LIMIT_MS);
  };
  const show = (): void => {
    clearTimeout(timer);
    // A page that was frozen meanwhile had no timers; `performance.now()` may have stood still with it.
    if (Date.now() - hiddenAtMs >= HIDDEN_LIMIT_MS) listener.hiddenTooLong();
    else listener.shown();
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? hide() : show()), { signal });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  if (document.hidden) hide();
}
