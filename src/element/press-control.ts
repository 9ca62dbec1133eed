import type { QueryEnds } from '../index.ts';
import type { Ms } from '../units.ts';

/** Space held longer than this is push-to-talk: letting go ends it. */
export const HOLD_SPACE_MS: Ms = 300;
/** The same for a finger or mouse, which rest longer on what they press. */
export const HOLD_POINTER_MS: Ms = 400;

/** What pressing the microphone does. */
export interface PressTarget {
  /** The microphone is open, or about to be. */
  readonly isOpen: boolean;
  /** The browser is asking for permission: letting go then means the dialog was answered, not that speech ended. */
  readonly isAsking: boolean;
  warm(): void;
  /** @param ends `manual` while it is not known whether the press is held: no silence may end it. */
  start(ends: QueryEnds): void;
  /** Who ends it from now on. */
  setEnds(ends: QueryEnds): void;
  stop(): void;
  cancel(): void;
}

/**
 * Turns pointer and keys on the microphone button into start, stop and cancel.
 *
 * Mouse and Space start on the way down, so that the first word of push-to-talk is not lost; whether it was a hold
 * shows on the way up. Until then no silence ends it. Touch starts late, since a finger that goes down may be scrolling.
 */
export class PressControl {
  readonly #button: HTMLButtonElement;
  readonly #target: PressTarget;
  /** The press under way, if one that started the microphone. */
  #press: { readonly by: 'pointer' | 'space'; readonly sinceMs: Ms } | undefined;
  #touchTimer: ReturnType<typeof setTimeout> | undefined;
  #isTouched = false;
  /** The click that follows a pointer press which did its work already. */
  #isClickSpent = false;

  constructor(button: HTMLButtonElement, target: PressTarget, signal: AbortSignal) {
    this.#button = button;
    this.#target = target;
    const listen = { signal };
    button.addEventListener('pointerenter', () => target.warm(), listen);
    button.addEventListener('focus', () => target.warm(), listen);
    button.addEventListener('pointerdown', (event) => this.#onPointerDown(event), listen);
    window.addEventListener('pointerup', (event) => this.#onPointerUp(event), listen);
    window.addEventListener('pointermove', (event) => this.#onPointerMove(event), listen);
    window.addEventListener('pointercancel', (event) => this.#onPointerUp(event), listen);
    button.addEventListener('contextmenu', (event) => this.#onContextMenu(event), listen);
    button.addEventListener('click', (event) => this.#onClick(event), listen);
    button.addEventListener('keydown', (event) => this.#onKeyDown(event), listen);
    button.addEventListener('keyup', (event) => this.#onKeyUp(event), listen);
    button.addEventListener('blur', (event) => this.#release('space', event.timeStamp), listen);
    document.addEventListener('keydown', (event) => this.#onEscape(event), listen);
  }

  #onPointerDown(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0) return;
    this.#isClickSpent = false;
    this.#target.warm();
    if (this.#target.isOpen) return;
    if (event.pointerType === 'touch') {
      this.#isTouched = true;
      this.#touchTimer = setTimeout(() => this.#begin('pointer', event.timeStamp), HOLD_POINTER_MS);
    } else {
      this.#begin('pointer', event.timeStamp);
    }
  }

  #begin(by: 'pointer' | 'space', sinceMs: Ms): void {
    this.#press = { by, sinceMs };
    this.#isClickSpent = by === 'pointer';
    this.#target.start('manual');
  }

  #onPointerUp(event: PointerEvent): void {
    clearTimeout(this.#touchTimer);
    this.#isTouched = false;
    if (!event.isPrimary || this.#press?.by !== 'pointer') return;
    // Seen from the window, a button in a shadow tree is only on the event's path.
    const isInside = event.composedPath().includes(this.#button);
    const isHold = event.timeStamp - this.#press.sinceMs > HOLD_POINTER_MS;
    if (!isHold && !isInside && event.type === 'pointerup') {
      // Sliding off before letting go takes a press back, as on every button.
      this.#press = undefined;
      this.#target.cancel();
      return;
    }
    this.#release('pointer', event.timeStamp);
  }

  /** The browser's question for permission may have swallowed the way up. */
  #onPointerMove(event: PointerEvent): void {
    if (this.#press?.by !== 'pointer' || event.pointerType !== 'mouse' || event.buttons !== 0) return;
    this.#press = undefined;
    this.#target.setEnds('auto');
  }

  #release(by: 'pointer' | 'space', nowMs: Ms): void {
    if (this.#press?.by !== by) return;
    const heldMs = nowMs - this.#press.sinceMs;
    this.#press = undefined;
    const isHold = heldMs > (by === 'space' ? HOLD_SPACE_MS : HOLD_POINTER_MS);
    if (isHold && this.#target.isOpen && !this.#target.isAsking) this.#target.stop();
    else this.#target.setEnds('auto');
  }

  #onContextMenu(event: MouseEvent): void {
    // The menu would take the finger away, also from a page that is too busy to have begun.
    if (this.#isTouched || this.#press?.by === 'pointer') event.preventDefault();
  }

  #onClick(event: MouseEvent): void {
    // Enter, assistive technology and script click without a pointer, and always toggle.
    if (this.#isClickSpent && event.detail > 0) {
      this.#isClickSpent = false;
      return;
    }
    this.#toggle();
  }

  #onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && event.repeat) event.preventDefault();
    if (event.key !== ' ') return;
    event.preventDefault();
    if (event.repeat) return;
    if (this.#target.isOpen) this.#target.stop();
    else this.#begin('space', event.timeStamp);
  }

  #onKeyUp(event: KeyboardEvent): void {
    if (event.key !== ' ') return;
    // Else the browser clicks, which would toggle what the way down has done.
    event.preventDefault();
    this.#release('space', event.timeStamp);
  }

  #onEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#target.isOpen) return;
    event.preventDefault();
    this.#press = undefined;
    this.#target.cancel();
  }

  #toggle(): void {
    if (this.#target.isOpen) this.#target.stop();
    else this.#target.start('auto');
  }
}
