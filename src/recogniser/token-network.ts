/** A network that continues a text token by token: the seam between a model's shapes and the search for its text. */
export interface TokenNetwork {
  /** Handed to {@link TokenStream.next} first. */
  readonly startTokenId: number;
  /** Chosen where the text ends. */
  readonly endTokenId: number;
  /** Reads one clip. @param samples Mono at 16 kHz, [-1, 1]; not changed, and not read after the stream is closed. */
  open(samples: Float32Array): Promise<TokenStream>;
  /** Frees the network. */
  close(): Promise<void>;
}

/** The text of one clip, in the making. */
export interface TokenStream {
  /**
   * Tells what may follow the token.
   *
   * @param tokenId The token chosen last; the start token at first.
   * @returns One logit for each token that the network knows; valid until the next call or {@link close}.
   */
  next(tokenId: number): Promise<Float32Array>;
  /** Frees what the stream holds. Idempotent. */
  close(): void;
}
