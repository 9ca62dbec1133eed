import type { Plot } from './table.ts';

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 24;
const TOP = 40;
const BOTTOM = 52;
const ROW_HEIGHT = 26;
const NAME_WIDTH = 230;
/** Told apart by the colour-blind too. Source: Okabe and Ito, "Color Universal Design", 2008. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  const at = (value: number) => value.toFixed(1);
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" ${attributes}/>`;
}

function document(height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}"`,
    ' font-family="system-ui, sans-serif" font-size="13" fill="#222">',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(LEFT, 22, title, 'font-weight="600"'),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Round steps that divide a range into about five. */
function ticks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function label(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function curvesSvg(plot: Extract<Plot, { type: 'curves' }>): string {
  const [x0, x1] = plot.xRange;
  const [y0, y1] = plot.yRange;
  const atX = (x: number) => LEFT + ((x - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const atY = (y: number) => HEIGHT - BOTTOM - ((y - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM);
  const inside = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
  const grid = [
    ...ticks(x0, x1).flatMap((x) => [
      line(atX(x), TOP, atX(x), HEIGHT - BOTTOM, 'stroke="#e4e4e4"'),
      text(atX(x), HEIGHT - BOTTOM + 18, label(x), 'text-anchor="middle"'),
    ]),
    ...ticks(y0, y1).flatMap((y) => [
      line(LEFT, atY(y), WIDTH - RIGHT, atY(y), 'stroke="#e4e4e4"'),
      text(LEFT - 8, atY(y) + 4, label(y), 'text-anchor="end"'),
    ]),
    ...plot.marks.map((x) => line(atX(x), TOP, atX(x), HEIGHT - BOTTOM, 'stroke="#888" stroke-dasharray="4 4"')),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, plot.x, 'text-anchor="middle"'),
    text(16, TOP - 8, plot.y),
  ];
  const curves = plot.curves.flatMap(({ name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    // Points of a curve that fall on the same pixel show once.
    const path = points
      .map(([x, y]) => `${atX(inside(x, x0, x1)).toFixed(0)},${atY(inside(y, y0, y1)).toFixed(0)}`)
      .filter((at, n, all) => at !== all[n - 1]);
    const legendY = HEIGHT - BOTTOM - 14 - 18 * (plot.curves.length - 1 - i);
    return [
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      line(WIDTH - RIGHT - 336, legendY - 4, WIDTH - RIGHT - 312, legendY - 4, `stroke="${colour}" stroke-width="3"`),
      text(WIDTH - RIGHT - 304, legendY, name, 'font-size="12"'),
    ];
  });
  return document(HEIGHT, plot.title, [...grid, ...curves]);
}

function intervalsSvg(plot: Extract<Plot, { type: 'intervals' }>): string {
  const ends = [...plot.rows.flatMap(({ interval }) => interval), ...plot.marks, 0];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const height = TOP + plot.rows.length * ROW_HEIGHT + BOTTOM;
  const atX = (x: number) => NAME_WIDTH + ((x - low) / (high - low || 1)) * (WIDTH - NAME_WIDTH - RIGHT);
  const bottom = height - BOTTOM;
  return document(height, plot.title, [
    ...ticks(low, high).flatMap((x) => [
      line(atX(x), TOP, atX(x), bottom, `stroke="${x === 0 ? '#555' : '#e4e4e4'}"`),
      text(atX(x), bottom + 18, label(x), 'text-anchor="middle"'),
    ]),
    ...plot.marks.map((x) => line(atX(x), TOP, atX(x), bottom, 'stroke="#888" stroke-dasharray="4 4"')),
    text((NAME_WIDTH + WIDTH - RIGHT) / 2, height - 12, plot.x, 'text-anchor="middle"'),
    ...plot.rows.flatMap(({ name, value, interval }, i) => {
      const y = TOP + (i + 0.5) * ROW_HEIGHT;
      return [
        text(NAME_WIDTH - 10, y + 4, name, 'text-anchor="end"'),
        line(atX(interval[0]), y, atX(interval[1]), y, `stroke="${COLOURS[0]}" stroke-width="3"`),
        `<circle cx="${atX(value).toFixed(1)}" cy="${y.toFixed(1)}" r="5" fill="${COLOURS[0]}"/>`,
      ];
    }),
  ]);
}

/** A plot as a picture that stands by itself. */
export function plotSvg(plot: Plot): string {
  return plot.type === 'curves' ? curvesSvg(plot) : intervalsSvg(plot);
}
