/** An order as somebody speaks it. */
export const ORDER = { clip: '8b705c12.flac' } as const;
/** What the recogniser makes of it, give or take a small word. */
export const ORDERED: RegExp = /^May .*large,? iced coffee with milk/;

/**
 * The tag as the README shows it, in a page that holds nothing else.
 *
 * @param origin Where the speech server is; empty for the page's own.
 */
export function tag(origin: string, attributes: string = 'priming="never"', inside: string = ''): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width">
<script type="module" src="${origin}/widget/voice-search.js"></script>
<voice-search endpoint="${origin}/v1/audio/transcriptions" ${attributes}>${inside}</voice-search></html>`;
}

/**
 * Everything that a strict policy has to allow.
 *
 * @param speech Where the speech server is, as a policy names it.
 * @param trustedTypes Names of what the page trusts.
 */
export function strictPolicy(speech: string, trustedTypes: string): string {
  return [
    "default-src 'none'",
    `script-src ${speech} 'wasm-unsafe-eval'`,
    `connect-src ${speech}`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes}`,
  ].join('; ');
}
