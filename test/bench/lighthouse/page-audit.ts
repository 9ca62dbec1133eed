import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../chromium.mjs';
import { atLeast, atMost, fixed, type Table } from '../front-end/table.ts';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

/** The audits that have a bar of their own. Source of the units: Lighthouse, `numericUnit`. */
const METRICS = [
  { id: 'first-contentful-paint', name: 'FCP ms' },
  { id: 'largest-contentful-paint', name: 'LCP ms' },
  { id: 'total-blocking-time', name: 'TBT ms' },
  { id: 'cumulative-layout-shift', name: 'CLS' },
  { id: 'total-byte-weight', name: 'bytes' },
] as const;

type Figures = Readonly<Record<(typeof CATEGORIES)[number] | (typeof METRICS)[number]['id'], number>>;

/** What Lighthouse found in one visit of a browser that was never there before. */
export interface Visit {
  readonly figures: Figures;
  /** Audits that cost points, with what they say. */
  readonly complaints: readonly string[];
  readonly version: string;
}

/** Visits the page again and again, each time with a new profile, and takes the medians. */
export async function measurePage(origin: string, runCount: number, progress: (text: string) => void): Promise<Table> {
  const visits: Visit[] = [];
  for (let run = 1; run <= runCount; run++) {
    progress(`visit ${run} of ${runCount}`);
    visits.push(await visit(`${origin}/`));
  }
  const median = (id: keyof Figures): number =>
    visits.map(({ figures }) => figures[id]).toSorted((a, b) => a - b)[Math.floor(visits.length / 2)] ?? Number.NaN;
  const complaints = [...new Set(visits.flatMap((each) => each.complaints))];
  return {
    name: 'lighthouse',
    title: 'Lighthouse, the page on a phone',
    about: [
      `Lighthouse ${visits[0]?.version} with its own phone (412 px, slow 4G and a processor four times slower, both simulated), first visit, medians of ${runCount}; \`ossicle serve\` with the built page, on the same machine.`,
      complaints.length === 0 ? 'No audit cost a point.' : `What cost points: ${complaints.join('; ')}.`,
    ],
    columns: ['visit', ...CATEGORIES, ...METRICS.map(({ name }) => name)],
    rows: visits.map(({ figures }, index) => [
      String(index + 1),
      ...CATEGORIES.map((id) => fixed(figures[id], 0)),
      ...METRICS.map(({ id }) => fixed(figures[id], id === 'cumulative-layout-shift' ? 3 : 0)),
    ]),
    bars: [
      atLeast('page on a phone: performance', median('performance'), 95, '', 0),
      atLeast('page on a phone: accessibility', median('accessibility'), 100, '', 0),
      atLeast('page on a phone: best practices', median('best-practices'), 100, '', 0),
      atLeast('page on a phone: SEO', median('seo'), 100, '', 0),
      atMost('page on a phone: LCP', median('largest-contentful-paint'), 1800, ' ms', 0),
      atMost('page on a phone: TBT', median('total-blocking-time'), 100, ' ms', 0),
      atMost('page on a phone: CLS', median('cumulative-layout-shift'), 0.02, '', 3),
    ],
    plots: [],
    figures: Object.fromEntries([...CATEGORIES, ...METRICS.map(({ id }) => id)].map((id) => [id, median(id)])),
  };
}

async function visit(url: string): Promise<Visit> {
  const chromePath = findChromium();
  const chrome = await launch({
    chromeFlags: ['--headless=new', ...CHROMIUM_ARGUMENTS],
    ...(chromePath === undefined ? {} : { chromePath }),
    logLevel: 'silent',
  });
  try {
    const result = await lighthouse(url, { port: chrome.port, logLevel: 'error', onlyCategories: [...CATEGORIES] });
    if (result === undefined) throw new Error('Lighthouse gave no result.');
    const { categories, audits, lighthouseVersion, runtimeError } = result.lhr;
    if (runtimeError !== undefined) throw new Error(`Lighthouse: ${runtimeError.message}`);
    const scores = CATEGORIES.map((id) => [id, Math.round((categories[id]?.score ?? Number.NaN) * 100)]);
    const metrics = METRICS.map(({ id }) => [id, audits[id]?.numericValue ?? Number.NaN]);
    const weighed = CATEGORIES.flatMap((id) => categories[id]?.auditRefs.filter(({ weight }) => weight > 0) ?? []);
    const complaints = weighed
      .map(({ id }) => audits[id])
      .filter((audit) => audit !== undefined && audit.score !== null && audit.score < 0.9)
      .map((audit) => `${audit?.title}${audit?.displayValue === undefined ? '' : ` (${audit.displayValue})`}`);
    return { figures: Object.fromEntries([...scores, ...metrics]), complaints, version: lighthouseVersion };
  } finally {
    chrome.kill();
  }
}
