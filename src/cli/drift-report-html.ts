import type { Bin } from './distribution.ts';
import type { DriftReport, MeasureDrift } from './drift-report.ts';
import { chanceText, effectText, typicalTexts, verdictLines } from './drift-report-text.ts';
import { escapeHtml } from './html.ts';
import { binName, FIGURE, fixed, PLOT, valueScale } from './prep-histogram.ts';
import { PREP_REPORT_STYLE } from './prep-report-style.ts';

const STYLE = `
svg .now { fill: none; stroke: var(--mark); stroke-width: 2; stroke-linejoin: round; }
svg .bars { opacity: .55; }
.drift { border-inline-start: .3rem solid var(--mark); }
.drift .verdict { color: var(--warn); }
.key-bar { background: var(--bar); opacity: .55; display: inline-block; width: 1.2rem; height: .7rem; }
.key-now { border-top: 2px solid var(--mark); display: inline-block; width: 1.2rem; vertical-align: middle; }
.legend-line span + span { margin-inline-start: 1rem; }
`;

const CLASSES = { drift: ' class="drift"', 'no-drift': '', 'too-few': '' } as const;
const VERDICTS = {
  drift: ' <span class="verdict">drift</span>',
  'no-drift': '',
  'too-few': ' <span class="unit">too few values</span>',
} as const;

function shares(bins: readonly Bin[]): readonly number[] {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.map(({ count }) => count / total);
}

function figure(measure: MeasureDrift): string {
  const [before, now] = measure.bins;
  const [was, is] = [shares(before), shares(now)];
  const highest = Math.max(...was, ...is);
  const width = (PLOT.right - PLOT.left) / before.length;
  const y = (share: number): string => (PLOT.bottom - ((PLOT.bottom - PLOT.top) * share) / highest).toFixed(1);
  const x = (bin: number): string => (PLOT.left + bin * width).toFixed(1);
  const bars = was.map((share, bin) => {
    const height = ((PLOT.bottom - PLOT.top) * share) / highest;
    return share === 0
      ? ''
      : `<rect x="${x(bin)}" y="${y(share)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
  });
  const steps = is.map((share, bin) => `V${y(share)}H${x(bin + 1)}`).join('');
  const [one, other] = typicalTexts(measure);
  const spoken = `${measure.title}: median ${one} before, ${other} ${measure.unit} now.`;
  return `<svg viewBox="0 0 ${FIGURE.width} ${FIGURE.height}" role="img" aria-label="${escapeHtml(spoken)}"><line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}"/><g class="bars">${bars.join('')}</g><path class="now" d="M${x(0)} ${PLOT.bottom}${steps}V${PLOT.bottom}"/>${valueScale(before, measure.isCount)}</svg>`;
}

function asTable(measure: MeasureDrift): string {
  const [before, now] = measure.bins;
  const [was, is] = [shares(before), shares(now)];
  const rows = before.flatMap((bin, i) => {
    if (was[i] === 0 && is[i] === 0) return [];
    const cells = [was, is].map((list) => `<td>${fixed(100 * list[i]!, 1)} %</td>`);
    return `<tr><th scope="row">${binName(bin, measure.isCount)}</th>${cells.join('')}</tr>`;
  });
  return `<details><summary>As a table</summary><table><thead><tr><th scope="col">${escapeHtml(measure.unit || 'Value')}</th><th scope="col">reference</th><th scope="col">current</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

function card(measure: MeasureDrift): string {
  const [one, other] = typicalTexts(measure);
  const isDrawn = measure.bins[0].length > 0;
  const facts = [
    [isDrawn ? 'median' : 'share', `${one} → ${other} ${measure.unit}`],
    ['moved', effectText(measure)],
    ['p', chanceText(measure.pValue)],
    ...(measure.verdict === 'too-few' ? [] : [['p of all', chanceText(measure.adjustedPValue)]]),
    ['values', `${measure.referenceCount}, ${measure.currentCount}`],
  ];
  const list = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd></div>`).join('');
  return `<figure${CLASSES[measure.verdict]}><figcaption><h3>${escapeHtml(measure.title)}${VERDICTS[measure.verdict]}</h3><p>${escapeHtml(measure.explanation)}</p></figcaption>${isDrawn ? figure(measure) : ''}<dl class="facts">${list}</dl>${isDrawn ? asTable(measure) : ''}</figure>`;
}

/** The report of `drift` as one page without scripts, which loads nothing. */
export function driftReportHtml(report: DriftReport): string {
  const order = { drift: 0, 'no-drift': 1, 'too-few': 2 } as const;
  const cards = report.measures.toSorted((a, b) => order[a.verdict] - order[b.verdict]).map(card);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drift between two sets of clips</title>
<style>${PREP_REPORT_STYLE}${STYLE}</style>
</head>
<body>
<header>
<h1>${report.isDrift ? 'Drift' : 'No drift'} between two sets of clips</h1>
${verdictLines(report)
  .map((line) => `<p>${escapeHtml(line)}</p>`)
  .join('\n')}
</header>
<main>
<h2>Measures</h2>
<p class="soft legend-line"><span><span class="key-bar"></span> reference</span><span><span class="key-now"></span> current</span></p>
<div class="figures">${cards.join('\n')}</div>
</main>
<footer>
<h2>How to read it</h2>
<p class="soft">“Moved” is how far values have to be moved on average to turn one set into the other, in standard deviations (sd) of the reference; for a share of clips, by how much it is higher or lower. “p” is the chance of such a difference between two sets of the same kind, clips of one recording taken for alike; “p of all” allows for as many measures.</p>
</footer>
</body>
</html>
`;
}
