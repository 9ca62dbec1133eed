/** The browser's storage as several tabs see it, after the HTML standard: every other tab hears of a change. */
export class MemoryStorage {
  readonly #values = new Map<string, string>();
  /** The windows of other tabs. */
  readonly others: EventTarget[] = [];

  getItem(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#values.set(name, value);
    this.#tell(name);
  }

  removeItem(name: string): void {
    if (this.#values.delete(name)) this.#tell(name);
  }

  clear(): void {
    this.#values.clear();
    this.#tell(null);
  }

  #tell(key: string | null): void {
    for (const tab of this.others) tab.dispatchEvent(Object.assign(new Event('storage'), { key }));
  }
}
