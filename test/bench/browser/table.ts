import budgets from '../budgets.json' with { type: 'json' };
import { quantile } from '../front-end/statistics.ts';
import { atLeast, atMost, type Bar, type Plot, type Table } from '../front-end/table.ts';
import type { FrameCostFindings } from './frame-cost.ts';
import { LOADS, type LoadFindings } from './load.ts';
import { COLUMNS, type Finding, median, medianInterval, row } from './rows.ts';
import type { SessionFindings } from './session.ts';
import type { SlowLinkFindings } from './slow-link.ts';
import type { SpeechEndFindings } from './speech-end.ts';
import { STARTS, type StartFindings } from './start.ts';

const START_BAR_MS = 300;
const START_BAR_SHARE = 0.25;
const WARM_STARTS = ['files cached, page new', 'second press on the page'] as const;
const TAKE_BAR_MS = 260;
const COMMIT_BAR_MS = 460;
const SILENCE_BAR_MS = 450;
/** A millisecond of a labelled word, whose ends are known to tens of them. */
const KEPT_BAR_PERCENT = 99.9;

/** Everything that was measured. */
export interface Findings {
  readonly start: StartFindings;
  readonly slowLink: SlowLinkFindings;
  readonly speechEnd: SpeechEndFindings;
  readonly load: LoadFindings;
  readonly session: SessionFindings;
  readonly cycles: Finding;
  readonly frame: FrameCostFindings;
}

/** The findings against their bars. */
export function browserTable(findings: Findings, about: readonly string[]): Table {
  const all = inOrder(findings);
  return {
    name: 'browser',
    title: 'In the browser, beside vad-web',
    about,
    columns: COLUMNS,
    rows: all.map(row),
    bars: barsOf(findings),
    plots: [startPlot(findings.start)],
    figures: Object.fromEntries(
      all.flatMap(({ what, unit, values }) =>
        Object.entries(values)
          .filter(([, numbers]) => numbers.length > 0)
          .map(([name, numbers]) => [`${name}: ${what}, ${unit}`, median(numbers)] as const),
      ),
    ),
  };
}

function inOrder({ start, slowLink, speechEnd, load, session, cycles, frame }: Findings): readonly Finding[] {
  return [
    start.kilobytes,
    ...start.pressMs,
    slowLink.pressMs,
    slowLink.wordMs,
    slowLink.heardPercent,
    slowLink.keptPercent,
    slowLink.leadMs,
    speechEnd.takeMs,
    speechEnd.segmentMs,
    speechEnd.silenceBeforeMs,
    speechEnd.silenceAfterMs,
    speechEnd.segmentCount,
    frame.sameNetwork,
    frame.lite,
    frame.defaults,
    session.mainThreadMs,
    session.scriptMs,
    session.cpuMs,
    session.heapMegabytes,
    session.ownMegabytes,
    session.processMegabytes,
    cycles,
    ...load.lost,
    ...load.missing,
    ...load.without,
    ...load.underruns,
    ...load.found,
  ];
}

function shareOf({ values }: Finding): number {
  return median(values.ossicle) / median(values['vad-web']);
}

function barsOf({ start, slowLink, speechEnd, load, frame }: Findings): Bar[] {
  const presses = WARM_STARTS.flatMap((kind) => {
    const finding = start.pressMs[STARTS.indexOf(kind)]!;
    return [
      atMost(`press to samples, ${kind}, p50`, median(finding.values.ossicle), START_BAR_MS, ' ms', 0),
      atMost(`the same, share of vad-web’s`, shareOf(finding), START_BAR_SHARE, '', 3, kind),
    ];
  });
  const silence = (side: string, { values }: Finding): Bar =>
    atMost(`silence kept ${side}, p95, orders`, quantile(values.ossicle, 0.95), SILENCE_BAR_MS, ' ms', 0);
  const loads = LOADS.flatMap((kind, i) => [
    atMost(`samples lost inside the segments, worst of all, ${kind}`, most(load.lost[i]), 0, '', 0),
    atMost(`samples missing by our own count, worst of all, ${kind}`, most(load.missing[i]), 0, '', 0),
    atMost(`underruns of the audio output, worst of all, ${kind}`, most(load.underruns[i]), 0, '', 0),
  ]);
  const kilobytes = median(start.kilobytes.values.ossicle);
  const limitKilobytes = budgets.brotliBytesUntilListening.fp16 / 1_000;
  const least = Math.min(...slowLink.heardPercent.values.ossicle, ...slowLink.keptPercent.values.ossicle);
  const words = slowLink.wordMs.values.ossicle.map((ms) => ms.toFixed(0)).join(', ');
  return [
    atMost('fetched until listening, brotli, on the wire', kilobytes, limitKilobytes, ' KB', 1),
    ...presses,
    atLeast(
      'speech kept, nothing cached, 10 Mbit/s, worst of all',
      least,
      KEPT_BAR_PERCENT,
      ' %',
      1,
      `first word ${words} ms after the press`,
    ),
    atMost('end of speech to take sent, p50, orders', median(speechEnd.takeMs.values.ossicle), TAKE_BAR_MS, ' ms', 0),
    atMost(
      'end of speech to segment on the page, p50, orders',
      median(speechEnd.segmentMs.values.ossicle),
      COMMIT_BAR_MS,
      ' ms',
      0,
    ),
    silence('before the first word', speechEnd.silenceBeforeMs),
    silence('after the last word', speechEnd.silenceAfterMs),
    atLeast(
      'kernel fp16: times faster than onnxruntime-web, per frame, in the browser',
      1 / shareOf(frame.sameNetwork),
      budgets.timesFasterThanOnnxruntimeWeb,
      '',
      1,
    ),
    ...loads,
  ];
}

/** NaN, which meets no bar, when there is none. */
function most(finding: Finding | undefined): number {
  const values = finding?.values.ossicle ?? [];
  return values.length === 0 ? Number.NaN : Math.max(...values);
}

function startPlot({ pressMs }: StartFindings): Plot {
  return {
    type: 'intervals',
    name: 'browser',
    title: 'From the press to samples: median and its 95 % interval',
    x: 'ms',
    rows: STARTS.flatMap((kind, i) =>
      Object.entries(pressMs[i]!.values).map(([name, values]) => ({
        name: `${name}: ${kind}`,
        value: median(values),
        interval: medianInterval(values),
      })),
    ),
    marks: [START_BAR_MS],
  };
}
