import { type Bin, roundUp } from './distribution.ts';
import { escapeHtml } from './html.ts';
import type { MeasureSummary } from './prep-summary.ts';

/** Size of a figure, in its own units. */
export const FIGURE: { readonly width: number; readonly height: number } = { width: 360, height: 150 };
/** Where the bars stand in it. */
export const PLOT: Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>> = {
  left: 34,
  right: 350,
  top: 10,
  bottom: 124,
};
const BAR_GAP = 1;
/** Labels that fit below the bars. */
const MAX_LABELS = 6;

/** A bin's name: its range, or the number of events. */
export function binName({ from, to }: Bin, isCount: boolean): string {
  if (!isCount) return `${tick(from)} to ${tick(to)}`;
  return to - from === 1 ? String(from) : `${from} to ${to - 1}`;
}

function tick(value: number): string {
  return String(value).replace('-', '−');
}

/** A number with a minus sign that is as wide as a plus. */
export function fixed(value: number, decimals: number): string {
  return value.toFixed(decimals).replace('-', '−');
}

function bars(bins: readonly Bin[], end: number): string {
  const width = (PLOT.right - PLOT.left) / bins.length;
  return bins
    .map(({ count }, i) => {
      const height = ((PLOT.bottom - PLOT.top) * count) / end;
      const box = [PLOT.left + i * width + BAR_GAP / 2, PLOT.bottom - height, Math.max(width - BAR_GAP, 0.5), height];
      const [x, y, w, h] = box.map((value) => value.toFixed(1));
      return count === 0 ? '' : `<rect x="${x}" y="${y}" width="${w}" height="${h}"/>`;
    })
    .join('');
}

function countScale(end: number): string {
  const middle = end / 2;
  const values = Number.isInteger(middle) ? [0, middle, end] : [0, end];
  return values
    .map((value) => {
      const y = PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / end;
      return `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/><text class="count" x="${PLOT.left - 6}" y="${y + 4}">${value}</text>`;
    })
    .join('');
}

/** What the bins' edges mean, below them. */
export function valueScale(bins: readonly Bin[], isCount: boolean): string {
  const width = (PLOT.right - PLOT.left) / bins.length;
  const label = (x: number, text: string): string =>
    `<text class="value" x="${x.toFixed(1)}" y="${PLOT.bottom + 18}">${text}</text>`;
  if (isCount) {
    const names = bins.map((bin) => binName(bin, true).replace(' to ', '–'));
    return names.map((name, i) => label(PLOT.left + (i + 0.5) * width, name)).join('');
  }
  const edges = [...bins.map(({ from }) => from), bins.at(-1)!.to];
  // Round values only, as many as fit.
  const step = roundUp((edges.at(-1)! - edges[0]!) / MAX_LABELS, [1, 2, 5]);
  return edges
    .map((edge, i) => {
      const steps = edge / step;
      return Math.abs(steps - Math.round(steps)) < 1e-6 ? label(PLOT.left + i * width, tick(edge)) : '';
    })
    .join('');
}

function medianLine(bins: readonly Bin[], median: number): string {
  const [from, to] = [bins[0]!.from, bins.at(-1)!.to];
  const x = (PLOT.left + ((PLOT.right - PLOT.left) * (median - from)) / (to - from)).toFixed(1);
  return `<line class="median" x1="${x}" x2="${x}" y1="${PLOT.top - 4}" y2="${PLOT.bottom}"/>`;
}

function asTable({ measure, distribution }: MeasureSummary): string {
  const rows = distribution.bins
    .filter(({ count }) => count > 0)
    .map((bin) => `<tr><th scope="row">${binName(bin, measure.isCount)}</th><td>${bin.count}</td></tr>`);
  return `<details><summary>As a table</summary><table><thead><tr><th scope="col">${measure.unit === '' ? 'Value' : escapeHtml(measure.unit)}</th><th scope="col">${measure.of}</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

/** A measure's distribution as a figure: bars, the median as a line, percentiles in words, and the same as a table. */
export function histogramFigure(summary: MeasureSummary): string {
  const { measure, distribution, unknownCount } = summary;
  const { bins } = distribution;
  const say = (value: number): string => `${fixed(value, measure.decimals)} ${measure.unit}`.trim();
  const end = roundUp(Math.max(...bins.map(({ count }) => count)), [1, 2, 3, 4, 6, 8]);
  const spoken = `${measure.title}, ${distribution.count} ${measure.of}: median ${say(distribution.median)}, nine of ten from ${say(distribution.p5)} to ${say(distribution.p95)}, least ${say(distribution.min)}, most ${say(distribution.max)}.`;
  const svg = `<svg viewBox="0 0 ${FIGURE.width} ${FIGURE.height}" role="img" aria-label="${escapeHtml(spoken)}">${countScale(end)}<g class="bars">${bars(bins, end)}</g>${measure.isCount ? '' : medianLine(bins, distribution.median)}${valueScale(bins, measure.isCount)}</svg>`;
  const facts = [
    ['median', say(distribution.median)],
    ['5–95 %', `${fixed(distribution.p5, measure.decimals)} … ${say(distribution.p95)}`],
    ['least, most', `${fixed(distribution.min, measure.decimals)}, ${say(distribution.max)}`],
    ...(unknownCount > 0 ? [['no figure', `${unknownCount} of ${unknownCount + distribution.count}`]] : []),
  ];
  const list = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd></div>`).join('');
  return `<figure><figcaption><h3>${escapeHtml(measure.title)}${measure.unit === '' ? '' : ` <span class="unit">${escapeHtml(measure.unit)}</span>`}</h3><p>${escapeHtml(measure.explanation)}</p></figcaption>${svg}<dl class="facts">${list}</dl>${asTable(summary)}</figure>`;
}
