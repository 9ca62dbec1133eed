/** The element's looks. Everything that a site may want otherwise is a `--vs-…` property or a part. */
export const STYLES = `
:host {
  --_accent: var(--vs-accent, #0b5b43);
  --_bg: var(--vs-bg, #fff);
  --_fg: var(--vs-fg, #14201a);
  --_soft: color-mix(in srgb, var(--_fg) 70%, var(--_bg));
  --_border: var(--vs-border, #76867d);
  --_danger: var(--vs-danger, #9c2f1a);
  --_radius: var(--vs-radius, 0.75rem);
  --_target: var(--vs-target, 44px);
  --_gap: var(--vs-gap, 0.5rem);
  --_on-accent: #fff;
  display: block;
  position: relative;
  min-inline-size: 0;
  container-type: inline-size;
  color: var(--_fg);
  font: var(--vs-font, inherit);
  line-height: 1.4;
  text-align: start;
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_accent: var(--vs-accent, light-dark(#0b5b43, #74d9b0));
    --_bg: var(--vs-bg, light-dark(#fff, #18221d));
    --_fg: var(--vs-fg, light-dark(#14201a, #e8efe9));
    --_border: var(--vs-border, light-dark(#76867d, #6d7f75));
    --_danger: var(--vs-danger, light-dark(#9c2f1a, #ff9f88));
    --_on-accent: light-dark(#fff, #06251b);
  }
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
form { margin: 0; }
.row {
  display: flex;
  align-items: center;
  gap: 0.125rem;
  min-block-size: calc(var(--_target) + 0.5rem);
  padding: 0.25rem;
  padding-inline-start: 0.875rem;
  border: 1px solid var(--_border);
  border-radius: var(--_radius);
  background: var(--_bg);
  transition: border-color 160ms, box-shadow 160ms;
}
.row:has(input:focus-visible) { outline: 3px solid var(--_accent); outline-offset: 1px; }
[data-tone=live] .row, [data-tone=busy] .row { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
input {
  flex: 1 1 4rem;
  inline-size: 4rem;
  min-block-size: var(--_target);
  padding: 0;
  border: 0;
  outline: 0;
  background: none;
  color: inherit;
  font: inherit;
  font-size: max(1em, 16px);
  text-overflow: ellipsis;
  appearance: none;
}
input::placeholder { color: var(--_soft); opacity: 1; }
input::-webkit-search-cancel-button { display: none; }
button {
  flex: none;
  min-inline-size: var(--_target);
  min-block-size: var(--_target);
  margin: 0;
  border: 0;
  border-radius: calc(var(--_radius) - 0.25rem);
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
  touch-action: manipulation;
}
button:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
button:disabled, input:disabled { cursor: not-allowed; opacity: 0.55; }
.icon { display: grid; place-items: center; padding: 0; }
.clear { color: var(--_soft); }
.clear:hover { color: var(--_fg); }
.mic { background: var(--_accent); color: var(--_on-accent); user-select: none; -webkit-touch-callout: none; }
.mic > * { display: grid; grid-area: 1 / 1; }
svg { inline-size: 1.5rem; block-size: 1.5rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.stop { fill: currentColor; stroke: none; }
.mic[aria-pressed=false] .stop, .mic[aria-pressed=true] slot { visibility: hidden; }
.meter {
  display: flex;
  align-items: center;
  justify-content: flex-end;
  gap: 3px;
  block-size: 1.75rem;
  margin-block-start: var(--_gap);
  padding-inline: 0.25rem;
  overflow: hidden;
  color: var(--vs-meter-color, var(--_accent));
}
.meter i { flex: 1 1 3px; max-inline-size: 6px; block-size: 100%; border-radius: 3px; background: currentColor; transform: scaleY(0.1); opacity: 0.45; }
.meter .speech { opacity: 1; }
.below {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem var(--_gap);
  min-block-size: var(--_target);
  padding-block-start: 0.25rem;
  padding-inline: 0.25rem;
}
.words { flex: 1 1 12rem; min-inline-size: 0; margin: 0; color: var(--_soft); overflow-wrap: anywhere; text-wrap: pretty; }
[data-tone=live] .words { color: var(--_fg); font-weight: 600; }
[data-tone=done] .words { color: var(--_fg); }
[data-tone=problem] .words { color: var(--_danger); }
[data-tone=problem] .words:not(:empty) { padding-inline-start: 0.625rem; border-inline-start: 3px solid currentColor; }
.actions { display: flex; flex-wrap: wrap; gap: var(--_gap); }
.action { padding: 0.25rem 0.875rem; border: 1px solid var(--_border); background: var(--_bg); color: var(--_fg); font-weight: 600; }
.action:hover { border-color: var(--_accent); color: var(--_accent); }
.main { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent); }
.main:hover { color: var(--_on-accent); filter: brightness(1.1); }
.transcript { flex: 1 0 100%; margin: 0; font-size: 1.125em; overflow-wrap: anywhere; }
.panel {
  position: absolute;
  z-index: 10;
  inset-inline: 0;
  inset-block-start: calc(var(--_target) + 0.75rem);
  padding: 0.375rem;
  border: 1px solid var(--_border);
  border-radius: var(--_radius);
  background: var(--_bg);
  box-shadow: 0 8px 24px rgb(0 0 0 / 20%);
}
.panel h2 { margin: 0; padding: 0.25rem 0.625rem; color: var(--_soft); font-size: 0.8125em; font-weight: 600; }
ul { margin: 0; padding: 0; list-style: none; }
.item { inline-size: 100%; padding: 0.25rem 0.625rem; text-align: start; overflow-wrap: anywhere; }
.item:hover, .item:focus-visible { background: color-mix(in srgb, var(--_accent) 14%, transparent); }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@container (max-width: 22rem) {
  .actions { flex: 1 1 100%; }
}
@media (prefers-reduced-motion: no-preference) {
  .meter i { transition: transform 60ms linear; }
  [data-tone=busy] .meter { animation: breathe 1.6s ease-in-out infinite; }
}
@keyframes breathe { 50% { opacity: 0.35; } }
@media (prefers-contrast: more) { :host { --_soft: var(--_fg); --_border: var(--_fg); } }
@media (forced-colors: active) {
  .row, .panel { border-color: CanvasText; }
  [data-tone=live] .row, [data-tone=busy] .row { border-color: Highlight; outline: 1px solid Highlight; }
  .mic, .action { border: 1px solid ButtonText; background: ButtonFace; color: ButtonText; }
  .mic[aria-pressed=true], .main { forced-color-adjust: none; border-color: Highlight; background: Highlight; color: HighlightText; }
  .meter i { forced-color-adjust: none; background: Highlight; }
  button:disabled, input:disabled { color: GrayText; opacity: 1; }
}
`;
