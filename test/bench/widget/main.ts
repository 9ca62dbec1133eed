import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeScene } from '../../e2e/recording.ts';
import { OssicleServer } from '../../e2e/server.ts';
import { WidgetSite } from '../../e2e/widget-site.ts';
import { ORDER, strictPolicy, tag } from '../../e2e/widget-tag.ts';
import { keepTable, writeReport } from '../front-end/kept-tables.ts';
import { showProgress } from '../front-end/progress.ts';
import { terminalReport } from '../front-end/report.ts';
import {
  countViolations,
  fetchedBeforeIntent,
  measureHeapGrowth,
  measureLongTasks,
  measurePresses,
  measureReleases,
  type WidgetBench,
} from './measurements.ts';
import { type WidgetFindings, widgetTable } from './table.ts';
import { openBrowser } from './widget-trial.ts';

const USAGE = `Measures <voice-search> as a site has it: bytes, press to listening, giving the microphone back, memory, long tasks,
violations of a strict policy. \`npm run build\` first.

Usage: npm run bench -- widget [options]
  --repeats N    presses of each kind, 30 unless told
  --quick        a first look: 3 presses, 5 starts and stops
  --write-docs   keep the results in docs/benchmarks/ and write docs/benchmarks.md of all kept there
`;

interface Flags {
  readonly repeatCount: number;
  readonly cycleCount: number;
  readonly writeDocs: boolean;
}

/** @throws TypeError or RangeError saying what is wrong with the arguments. */
function parseFlags(args: readonly string[]): Flags | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeats: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const repeatCount = Number(values.repeats ?? (values.quick ? 3 : 30));
  if (!(Number.isInteger(repeatCount) && repeatCount >= 1)) {
    throw new RangeError(`--repeats must be a whole number, 1 or more, got ${values.repeats}`);
  }
  return { repeatCount, cycleCount: values.quick ? 5 : 50, writeDocs: values['write-docs'] };
}

async function measure(bench: WidgetBench, site: WidgetSite, speech: string): Promise<WidgetFindings> {
  site.page = tag(speech);
  const fetched = await fetchedBeforeIntent(bench);
  const presses = await measurePresses(bench);
  const releases = await measureReleases(bench);
  const heapGrowthBytes = await measureHeapGrowth(bench);
  const longTasks = await measureLongTasks(bench);
  site.policy = strictPolicy(speech, "'none'");
  const otherOrigin = await countViolations(bench);
  site.speechOrigin = speech;
  site.page = tag('');
  site.policy = strictPolicy("'self'", 'ossicle');
  const sameOrigin = await countViolations(bench);
  return { fetched, presses, releases, heapGrowthBytes, longTasks, violations: { otherOrigin, sameOrigin } };
}

/** Runs the command. @returns Its exit code: 2 for wrong arguments, 0 otherwise, whether bars are met or missed. */
export async function main(args: readonly string[]): Promise<number> {
  let flags: Flags | 'help';
  try {
    flags = parseFlags(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (flags === 'help') {
    console.log(USAGE);
    return 0;
  }
  const { repeatCount, cycleCount, writeDocs } = flags;
  const startMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'ossicle-widget-'));
  const microphonePath = join(folder, 'microphone.wav');
  // Longer than a page listens that nobody sees: the sound of a room ends no query.
  writeScene({ ...ORDER, room: 'quiet', tailSeconds: 60 }, microphonePath);
  const site = await new WidgetSite().start();
  const speech = await new OssicleServer(['--allow-origin', site.origin]).start();
  const browser = await openBrowser(microphonePath);
  try {
    const bench = { browser, origin: site.origin, repeatCount, cycleCount, progress: showProgress };
    const findings = await measure(bench, site, speech.origin);
    const [processor] = cpus();
    const table = {
      ...(await widgetTable(findings, cycleCount)),
      measured: {
        command: ['npm run bench -- widget', ...args.filter((arg) => arg !== '--write-docs')].join(' '),
        date: new Date().toISOString().slice(0, 10),
        node: `${process.versions.node}, Chromium ${browser.version()}`,
        machine: `${cpus().length} x ${processor?.model ?? 'unknown processor'}`,
        corpus: 'test fixtures',
        seconds: (performance.now() - startMs) / 1_000,
      },
    };
    showProgress('');
    console.log(terminalReport(table));
    if (writeDocs) {
      keepTable(table);
      writeReport();
    }
  } finally {
    await browser.close();
    await speech.kill();
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}
