/** The style sheet of the report page: one column on a phone, light or dark as the reader's system is. */
export const PREP_REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f2; --card: #ffffff; --ink: #1d1d1b; --soft: #5c5b57; --line: #dcdad3;
  --bar: #2f6f8f; --mark: #b3401a; --warn: #8a2f10;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151617; --card: #1f2123; --ink: #ecebe7; --soft: #a9a8a2; --line: #393b3e;
    --bar: #6cb2d3; --mark: #ff9466; --warn: #ffab85;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem clamp(1rem, 4vw, 3rem) 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
main, header, footer { max-width: 78rem; margin-inline: auto; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; max-width: 70ch; }
.soft, figcaption p, .unit, dt { color: var(--soft); }
.unit { font-weight: 400; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0; padding: 0; }
.key div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.key dt { font-size: .875rem; }
.key dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.warn dd { color: var(--warn); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 1rem; }
figure, .group {
  margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem;
}
figure { display: flex; flex-direction: column; }
figcaption { flex: 1; }
figcaption p { font-size: .875rem; }
svg { display: block; width: 100%; height: auto; margin-top: .5rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .count { text-anchor: end; }
svg .value { text-anchor: middle; }
svg .grid { stroke: var(--line); }
svg .bars { fill: var(--bar); }
svg .median { stroke: var(--mark); stroke-width: 2; stroke-dasharray: 5 3; }
.facts { display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; margin: .25rem 0 .5rem; font-size: .875rem; }
.facts div { display: flex; gap: .4rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; padding: .35rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: end; padding: .2rem .4rem; border-bottom: 1px solid var(--line); font-weight: 400; }
th:first-child { text-align: start; }
thead th { color: var(--soft); }
.groups { display: grid; gap: 1rem; }
.group > p { font-size: .875rem; color: var(--soft); }
.clips { list-style: none; margin: .75rem 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: .75rem; }
.clips li { border-top: 1px solid var(--line); padding-top: .5rem; }
.clips .value { font-weight: 600; }
.clips .place { display: block; font-size: .875rem; color: var(--soft); }
audio { display: block; width: 100%; height: 40px; margin-top: .35rem; }
.list { padding-inline-start: 1.25rem; }
.legend { border-top: 2px dashed var(--mark); display: inline-block; width: 1.75rem; vertical-align: middle; }
code { font-size: .875em; }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
`;
