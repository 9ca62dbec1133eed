/** A set of weights that the server can answer with. */
export interface Release {
  /** Name in requests, in `X-Release` and of its folder under the models folder. */
  readonly id: string;
  readonly owner: string;
  readonly licence: string;
  /** ISO 639-1 codes of the languages it was trained on. */
  readonly languages: readonly string[];
  /** The language's name as `verbose_json` writes it. */
  readonly languageName: string;
  /** Publication of the weights, seconds since 1970. */
  readonly publishedUnixSeconds: number;
}

/**
 * Moonshine Tiny for English.
 *
 * Source: Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands", arXiv 2410.15608.
 */
export const MOONSHINE_TINY_EN: Release = {
  id: 'moonshine-tiny-en',
  owner: 'moonshine-ai',
  licence: 'MIT',
  languages: ['en'],
  languageName: 'english',
  // 21 October 2024, the day of the paper.
  publishedUnixSeconds: 1_729_468_800,
};
