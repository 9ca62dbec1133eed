/**
 * Sends segments through a proxy that drops, delays, duplicates, resets, truncates and refuses 30 % of the requests:
 * `npm run bench -- faults [segments] [seed] [--json]`, 1,000 segments by default, after a build.
 *
 * Fails unless the application has the text of each segment exactly once, its own, and in order.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('./fault-run.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, 'fault-run.ts'), {
  configFile: false,
  logLevel: 'error',
});
const args = process.argv.slice(2);
const [segmentCount = 1000, seed = 1] = args.filter((arg) => /^\d+$/.test(arg)).map(Number);
const isJson = args.includes('--json');
let told = 0;
const run = await module.runThroughFaults({
  segmentCount,
  seed,
  faultShare: 0.3,
  progress: (answeredCount) => {
    if (isJson || answeredCount < told + 100) return;
    told = answeredCount;
    console.error(`${answeredCount} of ${segmentCount}`);
  },
});
const once = [...run.answerCounts.values()].filter((count) => count === 1).length;
const harmedCount = [...run.faultCounts.values()].reduce((sum, count) => sum + count, 0);
const figures = {
  segments: segmentCount,
  seed,
  answeredOnce: once,
  answeredMoreThanOnce: [...run.answerCounts.values()].filter((count) => count > 1).length,
  neverAnswered: segmentCount - run.answerCounts.size,
  wrongTexts: run.wrongTexts.length,
  queriesOutOfOrder: run.wrongQueries.length,
  isInOrder: run.isInOrder,
  waitedInQueue: run.queuedCount,
  dropped: run.droppedCount,
  requests: run.requestCount,
  harmed: harmedCount,
  harmedShare: Number((harmedCount / run.requestCount).toFixed(3)),
  faults: Object.fromEntries([...run.faultCounts].sort()),
  recognisedMoreThanOnce: [...run.recognitionCounts.values()].filter((count) => count > 1).length,
  seconds: Number((run.elapsedMs / 1000).toFixed(1)),
};
if (isJson) console.log(JSON.stringify(figures));
else
  for (const [name, value] of Object.entries(figures))
    console.log(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
const isGood = once === segmentCount && run.wrongTexts.length + run.wrongQueries.length === 0 && run.isInOrder;
if (!isGood) process.exitCode = 1;
process.exit();
