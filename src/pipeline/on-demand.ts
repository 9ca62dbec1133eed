import { SpeechError } from '../errors.ts';

/** A part that is fetched and made when it is first needed; a fetch that failed is tried again at the next need. */
export class OnDemand<T> {
  readonly #name: string;
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  /** @param name For the error's words. */
  constructor(name: string, make: () => Promise<T>) {
    this.#name = name;
    this.#make = make;
  }

  /** @throws SpeechError `assets` when it cannot be fetched. */
  get(): Promise<T> {
    this.#made ??= this.#make().catch((cause: unknown) => {
      this.#made = undefined;
      throw new SpeechError('assets', `${this.#name} could not be loaded.`, { cause });
    });
    return this.#made;
  }

  /** Does something with the part if it was ever needed. */
  ifMade(act: (part: T) => void): void {
    this.#made?.then(act).catch(() => undefined);
  }
}
