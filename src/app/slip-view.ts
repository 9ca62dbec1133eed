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

  constructor(elements: SlipElements) {
    this.#elements = elements;
  }

  /** Shows the text of the query so far, where it was recognised, and the stages' times. */
  showTranscript(event: TranscriptEvent): void {
    const { empty, transcript, provenance, textDelay } = this.#elements;
    transcript.textContent = event.text;
    transcript.hidden = event.text === '';
    empty.hidden = event.text !== '';
    provenance.textContent = provenanceLine(event);
    textDelay.textContent = MESSAGES.afterLastWord(formatMs(textDelayMs(event.timings)));
    this.showStages(event, undefined);
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
}

function provenanceLine({ place, confidence, timings }: TranscriptEvent): string {
  const parts: string[] = [MESSAGES.recognisedOn[place]];
  if (confidence !== undefined) parts.push(MESSAGES.confidence(formatShare(confidence)));
  if (timings.attemptCount > 1) parts.push(MESSAGES.attempts(timings.attemptCount));
  return parts.join(' · ');
}
