const REPLACEMENT = '\ufffd';

/**
 * Decodes UTF-8 that arrives in pieces; malformed bytes become U+FFFD as in the platform's TextDecoder, which a scope
 * without globals does not have.
 *
 * Source: WHATWG Encoding Standard, section 8.1.1 (UTF-8 decoder).
 */
export class Utf8Decoder {
  #codePoint = 0;
  #neededCount = 0;
  #seenCount = 0;
  #lowest = 0x80;
  #highest = 0xbf;

  /** Text completed by these bytes; an unfinished character waits for the next call. */
  decode(bytes: Uint8Array): string {
    let text = '';
    for (const byte of bytes) text += this.#push(byte);
    return text;
  }

  /** Ends the text: U+FFFD when a character was left unfinished, else nothing. */
  end(): string {
    const text = this.#neededCount > 0 ? REPLACEMENT : '';
    this.#reset();
    return text;
  }

  #push(byte: number): string {
    if (this.#neededCount === 0) return this.#begin(byte);
    if (byte < this.#lowest || byte > this.#highest) {
      // The bad byte may itself begin a character: it is looked at afresh.
      this.#reset();
      return REPLACEMENT + this.#begin(byte);
    }
    this.#lowest = 0x80;
    this.#highest = 0xbf;
    this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
    this.#seenCount += 1;
    if (this.#seenCount < this.#neededCount) return '';
    const text = String.fromCodePoint(this.#codePoint);
    this.#reset();
    return text;
  }

  #begin(byte: number): string {
    if (byte <= 0x7f) return String.fromCharCode(byte);
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.#neededCount = 1;
      this.#codePoint = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) this.#lowest = 0xa0;
      if (byte === 0xed) this.#highest = 0x9f;
      this.#neededCount = 2;
      this.#codePoint = byte & 0xf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) this.#lowest = 0x90;
      if (byte === 0xf4) this.#highest = 0x8f;
      this.#neededCount = 3;
      this.#codePoint = byte & 0x7;
    } else {
      return REPLACEMENT;
    }
    return '';
  }

  #reset(): void {
    this.#codePoint = 0;
    this.#neededCount = 0;
    this.#seenCount = 0;
    this.#lowest = 0x80;
    this.#highest = 0xbf;
  }
}
