import type { QueryEnds } from '../index.ts';
import { fire } from './element-events.ts';
import type { PressTarget } from './press-control.ts';
import type { VoiceSettings } from './settings.ts';
import { INITIAL_MODEL, stepVoice, type VoiceModel } from './state-model.ts';
import type { VoiceDriver } from './voice-driver.ts';
import {
  isMicrophoneOpen,
  type VoiceEffect,
  type VoiceInput,
  type VoicePhase,
  type VoiceState,
} from './voice-state.ts';

import type { KnownMessages, LaterMessages } from './words/messages.ts';

/** Silence about "Transcribing…" for this long: most answers come sooner, and a flash of words is noise. */
const SLOW_AFTER_MS = 300;

/** The element, as {@link VoiceControl} needs it. */
export interface ControlHost {
  /** Fires the events. */
  readonly target: HTMLElement;
  settings(): VoiceSettings;
  /** The state changed. */
  show(previous: VoicePhase): void;
  announce(): void;
  place(text: string): void;
  search(): void;
  focus(on: 'field' | 'microphone' | 'panel'): void;
  rememberConsent(): void;
  level(rmsDbfs: number, isSpeech: boolean): void;
  addWords(words: LaterMessages): void;
}

/** Voice in the element: runs the state model, and carries out what it says on a driver that is fetched on intent. */
export class VoiceControl {
  readonly #host: ControlHost;
  #model: VoiceModel = INITIAL_MODEL;
  readonly #inputs: VoiceInput[] = [];
  #isStepping = false;
  #driver: VoiceDriver | undefined;
  #driving: Promise<VoiceDriver> | undefined;
  #isStale = false;
  #ends: QueryEnds = 'auto';

  constructor(host: ControlHost) {
    this.#host = host;
  }

  get state(): VoiceState {
    return this.#model.state;
  }

  get isOpen(): boolean {
    return isMicrophoneOpen(this.#model.state);
  }

  /** One input at a time: what a step brings about is heard after it. */
  step(input: VoiceInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#take(next);
    } finally {
      this.#isStepping = false;
    }
  }

  press(ends: QueryEnds, isPrimed: boolean): void {
    if (this.isOpen || this.#model.state.phase === 'priming') return;
    if (!fire(this.#host.target, 'vs-before-start', null)) return;
    this.#ends = ends;
    if (!isSecureContext) this.step({ type: 'refuse', reason: 'insecure' });
    else if (!('AudioWorkletNode' in globalThis)) this.step({ type: 'refuse', reason: 'unsupported' });
    else this.step({ type: 'press', ends, isPrimed });
  }

  setEnds(ends: QueryEnds): void {
    this.#ends = ends;
    this.#driver?.setEnds(ends);
  }

  /** What the microphone button does. */
  pressTarget(start: (ends: QueryEnds) => void, setEnds: (ends: QueryEnds) => void): PressTarget {
    const voice = this;
    return {
      get isOpen(): boolean {
        return voice.isOpen;
      },
      get isAsking(): boolean {
        return voice.state.phase === 'requesting';
      },
      warm: () => this.warm(),
      start,
      setEnds,
      stop: () => this.step({ type: 'stop' }),
      cancel: () => this.step({ type: 'cancel' }),
    };
  }

  /** Where this browser keeps the switch for the microphone, in words; nobody was asked before the driver came. */
  howToAllow(messages: KnownMessages): string {
    return this.#driver?.howToAllow(messages) ?? '';
  }

  /** Fetches what a press needs. What cannot be fetched now is fetched again by the press, which then tells. */
  warm(): void {
    this.drive()
      .then((driver) => driver.warm())
      .catch(() => undefined);
  }

  /** Sends what an earlier visit kept: the pipeline does so as soon as it is there, with nothing of listening fetched. */
  sendKept(): void {
    this.drive().catch(() => undefined);
  }

  /** The driver, fetched and made when it is first needed. */
  drive(): Promise<VoiceDriver> {
    if (this.#isStale && !this.isOpen && this.#model.state.phase !== 'processing') this.end();
    this.#driving ??= this.#makeDriver().catch((error: unknown) => {
      this.#driving = undefined;
      throw error;
    });
    return this.#driving;
  }

  /** The settings changed: the next press goes by the new ones. */
  renew(): void {
    this.#isStale = this.#driving !== undefined;
  }

  /** Gives everything back. The microphone's tracks are stopped when this returns. */
  end(): void {
    this.#driver?.dispose();
    this.#driver = undefined;
    this.#driving = undefined;
    this.#isStale = false;
  }

  async #makeDriver(): Promise<VoiceDriver> {
    const { VoiceDriver } = await import('./voice-driver.ts');
    const { target } = this.#host;
    this.#host.addWords(VoiceDriver.laterWords);
    if (!target.isConnected) throw new DOMException('The element left its page.', 'AbortError');
    this.#driver = new VoiceDriver(this.#host.settings(), {
      input: (input) => this.step(input),
      fire: (type, detail) => void fire(target, type, detail),
      level: (rmsDbfs, isSpeech) => this.#host.level(rmsDbfs, isSpeech),
    });
    return this.#driver;
  }

  #take(input: VoiceInput): void {
    const before = this.#model.state;
    const { model, effects } = stepVoice(this.#model, input);
    this.#model = model;
    if (model.state !== before) this.#host.show(before.phase);
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: VoiceEffect): void {
    const host = this.#host;
    switch (effect.type) {
      case 'open':
        this.#open(effect.run);
        return;
      case 'close':
        this.#driver?.close();
        return;
      case 'drop':
        this.#driver?.drop();
        return;
      case 'resume':
        this.#driver?.resume();
        return;
      case 'resend':
        void this.#driver?.resend(effect.run);
        return;
      case 'await':
        setTimeout(() => this.step({ type: 'slow', run: effect.run }), SLOW_AFTER_MS);
        return;
      case 'place':
        host.place(effect.text);
        return;
      case 'search':
        host.search();
        return;
      case 'announce':
        host.announce();
        return;
      case 'focus':
        host.focus(effect.on);
        return;
      case 'remember-consent':
        host.rememberConsent();
        return;
      case 'tell':
        fire(host.target, `vs-${effect.what}`, null);
        return;
      default:
        effect satisfies never;
    }
  }

  /** Opens at once where the driver is here: browsers count that as part of the gesture. */
  #open(run: number): void {
    const driving = this.drive();
    if (this.#driver !== undefined) {
      this.#driver.open(run, this.#ends);
      return;
    }
    driving.then(
      (driver) => {
        if (this.#model.run === run && this.isOpen) driver.open(run, this.#ends);
      },
      (error: unknown) => {
        // A setting that makes no sense is told where its author looks.
        const isMistake = error instanceof RangeError;
        if (isMistake) reportError(error);
        this.step({ type: 'failed', run, code: isMistake ? 'internal' : 'assets', text: '', isKept: false });
      },
    );
  }
}
