import type { TranscriptEvent, TransferEvent } from '../index.ts';
import type { Ms } from '../units.ts';
import { MESSAGES } from './messages.ts';
import { textElement } from './page-elements.ts';
import { formatMs, formatShare, sentShare, stagesOf, textDelayMs, transferLine } from './stage-line.ts';

/** The elements of the slip: what was heard, how long each stage took, what was sent. */
export interface SlipElements {
  readonly empty: HTMLElement;
  readonly transcript: HTMLElement;
  readonly provenance: HTMLElement;
  readonly stages: HTMLElement;
  readonly textDelay: HTMLElement;
  readonly transfer: HTMLElement;
  readonly transferBar: HTMLElement;
}

/** Fills the slip in from what the pipeline tells. */
export class SlipView {
  readonly #elements: SlipElements;
  /** The newest text that stands. */
  #finalText = '';

  constructor(elements: SlipElements) {
    this.#elements = elements;
  }

  /** Shows the text of the query so far, where it was recognised, and the stages' times. */
  showTranscript(event: TranscriptEvent): void {
    const { provenance, textDelay } = this.#elements;
    this.#finalText = event.text;
    this.#showText(event.text, true);
    provenance.textContent = provenanceLine(event);
    textDelay.textContent = MESSAGES.afterLastWord(formatMs(textDelayMs(event.timings)));
    this.showStages(event, undefined);
  }

  /** Shows what is recognised so far, as something that may still change. */
  showInterim(text: string): void {
    this.#showText(text, false);
  }

  /** Puts the newest text that stands back into its place. */
  dropInterim(): void {
    if (this.#elements.transcript.getAttribute('aria-busy') === 'true') this.#showText(this.#finalText, true);
  }

  /** Shows the stages' times again, now with the search. */
  showStages({ timings }: TranscriptEvent, searchMs: Ms | undefined): void {
    const parts = stagesOf(timings, searchMs).flatMap(({ name, ms }, i) => {
      const stage = textElement('span', 'stage', '');
      stage.append(textElement('span', '', name), ' ', textElement('span', '', formatMs(ms)));
      return i === 0 ? [stage] : [textElement('span', 'stage-gap', ' · '), stage];
    });
    this.#elements.stages.replaceChildren(...parts);
  }

  /** Shows how little of what was heard left the device. */
  showTransfer({ capturedBytes, sentBytes }: Pick<TransferEvent, 'capturedBytes' | 'sentBytes'>): void {
    const { transfer, transferBar } = this.#elements;
    transfer.textContent = transferLine(capturedBytes, sentBytes);
    const share = Math.min(1, sentShare(capturedBytes, sentBytes));
    transferBar.style.setProperty('--share', String(share));
  }

  #showText(text: string, isFinal: boolean): void {
    const { empty, transcript } = this.#elements;
    transcript.textContent = text;
    // Told to screen readers; the style sheet shows it.
    transcript.setAttribute('aria-busy', String(!isFinal));
    transcript.hidden = text === '';
    empty.hidden = text !== '';
  }
}

function provenanceLine({ place, confidence, timings }: TranscriptEvent): string {
  const parts: string[] = [MESSAGES.recognisedOn[place]];
  if (confidence !== undefined) parts.push(MESSAGES.confidence(formatShare(confidence)));
  if (timings.attemptCount > 1) parts.push(MESSAGES.attempts(timings.attemptCount));
  return parts.join(' · ');
}
