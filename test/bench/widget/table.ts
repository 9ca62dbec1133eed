import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Ms } from '../../../src/units.ts';
import { median, medianInterval } from '../browser/rows.ts';
import budgets from '../budgets.json' with { type: 'json' };
import { CORE, fetchedFiles } from '../front-end/bytes.ts';
import { quantile } from '../front-end/statistics.ts';
import { atMost, type Bar, between, fixed, type Table } from '../front-end/table.ts';
import type { LongTasks, PressFindings, Release } from './measurements.ts';
import type { FetchedPart } from './widget-trial.ts';

const BROWSER = join(import.meta.dirname, '../../../dist/browser');
const ENTRY = 'voice-search.js';

const WORKLET_BAR_BYTES = 8_000;
const PRESS_BAR_MS = 300;
const RELEASE_BAR_MS = 200;
const HEAP_BAR_BYTES = 2_000_000;
/** Work on the main thread in one piece up to this long holds nobody up. Source: W3C Long Tasks. */
const LONG_TASK_MS = 50;
const BLOCKING_BAR_MS = 100;
/** `@elevenlabs/convai-widget-embed` 0.5.4, `dist/index.js`, gzip level 9: the file that its `unpkg` names. */
const PEER_BYTES = 190_867;

/** Everything that was measured in the browser. */
export interface WidgetFindings {
  readonly fetched: readonly FetchedPart[];
  readonly presses: PressFindings;
  readonly releases: ReadonlyMap<Release, readonly Ms[]>;
  readonly heapGrowthBytes: number;
  readonly longTasks: LongTasks;
  readonly violations: { readonly otherOrigin: number; readonly sameOrigin: number };
}

/** The findings, and the bytes of the built files, against their bars. */
export async function widgetTable(findings: WidgetFindings, cycleCount: number): Promise<Table> {
  const { fetched, presses, releases, heapGrowthBytes, longTasks, violations } = findings;
  const core = (await fetchedFiles('fp16')).find(({ name }) => name === CORE)?.gzipBytes ?? Number.NaN;
  const sizes = { entry: gzipBytes(ENTRY), core, worklet: gzipBytes('speech-processor.js') };
  const others = fetched.filter(({ name }) => !name.endsWith(`/${ENTRY}`));
  const otherBytes = others.reduce((sum, { bytes }) => sum + bytes, 0);
  const blocking = { load: blockingMs(longTasks.loadMs), query: blockingMs(longTasks.queryMs) };
  const timed = [
    ...timedRow('press to listening, pointed at before', presses.pointed),
    ...timedRow('press to listening, again', presses.again),
    ...timedRow('press to listening, nothing fetched before the press', presses.unexpected),
    ...[...releases].flatMap(([name, values]) => timedRow(`microphone given back: ${name}`, values)),
  ];
  const releaseBars = [...releases].map(([name, values]) =>
    atMost(`tracks stopped, ${name}, worst of ${values.length}`, longest(values), RELEASE_BAR_MS, ' ms', 1),
  );
  const bars: readonly Bar[] = [
    atMost('entry script, gzip', sizes.entry, budgets.gzipBytes[ENTRY], ' bytes', 0),
    atMost('core import, bundled by a site, gzip', sizes.core, budgets.gzipBytes[CORE], ' bytes', 0),
    atMost('worklet script, gzip', sizes.worklet, WORKLET_BAR_BYTES, ' bytes', 0),
    atMost('fetched before intent besides the entry script', otherBytes, 0, ' bytes', 0),
    atMost('press to listening, pointed at before, p95', quantile(presses.pointed, 0.95), PRESS_BAR_MS, ' ms', 0),
    atMost('press to listening, again, p95', quantile(presses.again, 0.95), PRESS_BAR_MS, ' ms', 0),
    ...releaseBars,
    atMost(`heap growth by ${cycleCount} starts and stops`, heapGrowthBytes, HEAP_BAR_BYTES, ' bytes', 0),
    atMost('blocking time, four times slower, until the page rests', blocking.load, BLOCKING_BAR_MS, ' ms', 0),
    atMost('violations of a strict policy, tag of another origin', violations.otherOrigin, 0, '', 0),
    atMost('violations of a strict policy, tag of the page’s origin', violations.sameOrigin, 0, '', 0),
  ];
  return {
    name: 'widget',
    title: '<voice-search> in a site',
    about: [
      `The built entry script from the real server, in a page of another origin that holds nothing but the tag; headless Chromium whose microphone plays an order, permission granted, each repetition in a profile of its own. Press to listening: from the pointer event to the state, with what a press needs fetched by pointing at the microphone, at the second press, or not at all. Microphone given back: from the call to the last track’s stop; of the hidden page, after the 30 s that it may listen on (the page is told that it is hidden; the time is real). Heap: after ${WARM_TEXT}. Beside it, the embed of ElevenLabs weighs ${(PEER_BYTES / 1_000).toFixed(0)} KB (gzip, version 0.5.4).`,
    ],
    columns: ['what', 'n', 'p50', '95 %', 'p95', 'longest'],
    rows: [
      ...timed,
      sizeRow('long tasks, four times slower, until the page rests, ms', longTasks.loadMs),
      sizeRow('long tasks, four times slower, from pointing to the text, ms', longTasks.queryMs),
      ['blocking time of these, ms', '1', fixed(blocking.query, 0), '', '', ''],
    ],
    bars,
    plots: [],
    figures: {
      'entry, bytes': sizes.entry,
      'core, bytes': sizes.core,
      'worklet, bytes': sizes.worklet,
      'heap growth, bytes': heapGrowthBytes,
      'press to listening, ms': median(presses.pointed),
    },
  };
}

const WARM_TEXT = '25 presses that make everything that is made once';

/** NaN, which meets no bar, where a query ended before it was to. */
function longest(values: readonly Ms[]): Ms {
  return Math.min(...values) < 0 ? Number.NaN : Math.max(...values);
}

function gzipBytes(file: string): number {
  return gzipSync(readFileSync(join(BROWSER, file)), { level: 9 }).length;
}

function timedRow(what: string, values: readonly Ms[]): readonly (readonly string[])[] {
  if (values.length === 0) return [];
  const interval = values.length === 1 ? '' : between(medianInterval(values), 0);
  const p95 = fixed(quantile(values, 0.95), 0);
  return [
    [`${what}, ms`, String(values.length), fixed(median(values), 0), interval, p95, fixed(Math.max(...values), 0)],
  ];
}

function sizeRow(what: string, values: readonly Ms[]): readonly string[] {
  const [middle, most] = values.length === 0 ? ['-', '-'] : [fixed(median(values), 0), fixed(Math.max(...values), 0)];
  return [what, String(values.length), middle, '', '', most];
}

/** What of long tasks goes beyond what holds nobody up. */
function blockingMs(longTaskMs: readonly Ms[]): Ms {
  return longTaskMs.reduce((sum, ms) => sum + Math.max(0, ms - LONG_TASK_MS), 0);
}
